local function counter()
  local n = 0
  return function(by)
    n = n + by
    return n
  end
end
local total = 0
for i = 1, 400 do
  local count = counter()
  for j = 1, 100 do total = total + count(j) end
end
return string.format('%d', total)
