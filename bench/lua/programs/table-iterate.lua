local list, map = {}, {}
for i = 1, 1000 do
  list[i] = i
  map['key' .. i] = i
end
local total = 0
for round = 1, 30 do
  for _, value in ipairs(list) do total = total + value end
  for _, value in pairs(map) do total = total + value end
  for i = 1, #list do total = total + list[i] end
end
return string.format('%d', total)
