local function numbers(n)
  local list, seed = {}, 42.5
  for i = 1, n do
    seed = seed * 16807 % 2147483647
    list[i] = seed
  end
  return list
end
local plain = numbers(3000)
table.sort(plain)
local ordered = numbers(3000)
table.sort(ordered, function(a, b) return a > b end)
local words = {}
for i, n in ipairs(numbers(1500)) do words[i] = 'w' .. string.format('%.4f', n) end
table.sort(words)
return string.format('%.1f %.1f %s', plain[1], ordered[1], words[1])
