local function count(...) return select('#', ...) end
local function pass(...) return count(...) end
local function pack(...) local t = { ... } return #t end
local total = 0
for i = 1, 8000 do total = total + pass(i, 2, 3) + pack(i, i, i, i) end
return string.format('%d', total)
