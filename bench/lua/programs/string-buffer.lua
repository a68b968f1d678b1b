local parts = {}
for i = 1, 20000 do parts[#parts + 1] = 'line ' .. i end
local text = table.concat(parts, '\n')
return string.format('%d', #text)
