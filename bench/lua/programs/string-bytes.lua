local text = string.rep('The quick brown fox. ', 500)
local sum = 0
for i = 1, #text do sum = (sum * 31 + text:byte(i)) % 65521 end
local out = {}
for i = 1, #text do out[i] = string.char((text:byte(i) + 13) % 256) end
local rotated = table.concat(out)
local lower = text:lower():upper():reverse()
for i = 1, 5000 do if rotated:sub(i, i + 3) == lower then sum = 0 end end
return string.format('%d %d %d', sum, #rotated, lower:byte(1))
