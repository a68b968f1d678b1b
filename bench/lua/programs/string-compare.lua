local names = {}
for i = 1, 200 do names[i] = 'user' .. (i * 7919 % 1000) .. '@example.com' end
local less, same = 0, 0
for i = 1, #names do
  for j = 1, #names do
    if names[i] < names[j] then less = less + 1 end
    if names[i] == names[j] then same = same + 1 end
  end
end
return string.format('%d %d', less, same)
