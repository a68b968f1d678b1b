local limit = 40000
local composite, count = {}, 0
for i = 2, limit do
  if not composite[i] then
    count = count + 1
    for j = i * i, limit, i do composite[j] = true end
  end
end
return string.format('%d', count)
