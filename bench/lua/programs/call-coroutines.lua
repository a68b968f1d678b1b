local function producer(n)
  return coroutine.wrap(function()
    for i = 1, n do coroutine.yield(i) end
  end)
end
local total = 0
for i = 1, 40 do
  for value in producer(100) do total = total + value end
end
return string.format('%d', total)
