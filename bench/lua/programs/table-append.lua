local total = 0
for round = 1, 10 do
  local list = {}
  for i = 1, 2500 do list[#list + 1] = i end
  for i = 1, 2500 do table.insert(list, i) end
  for i = 1, 2500 do total = total + table.remove(list) end
  total = total + #list
end
return string.format('%d', total)
