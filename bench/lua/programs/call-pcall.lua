local function check(value)
  if value % 50 == 0 then error('bad value') end
  return value
end
local sum, failures = 0, 0
for i = 1, 10000 do
  local ok, value = pcall(check, i)
  if ok then sum = sum + value else failures = failures + 1 end
end
return string.format('%d %d', sum, failures)
