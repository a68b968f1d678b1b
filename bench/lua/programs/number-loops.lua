local sum = 0.5
for i = 1, 300000 do
  if i % 3 == 0 then sum = sum + i * 0.25 else sum = sum - i / 8 end
end
local n, steps = 27, 0
for i = 1, 200 do
  n = 27
  while n ~= 1 do
    if n % 2 == 0 then n = n / 2 else n = 3 * n + 1 end
    steps = steps + 1
  end
end
return string.format('%.3f %d', sum, steps)
