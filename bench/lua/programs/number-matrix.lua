local function matrix(n, f)
  local m = {}
  for i = 1, n do
    local row = {}
    for j = 1, n do row[j] = f(i, j) end
    m[i] = row
  end
  return m
end
local n = 40
local a = matrix(n, function(i, j) return i + j * 0.5 end)
local b = matrix(n, function(i, j) return i - j end)
local c = matrix(n, function(i, j)
  local sum, row = 0, a[i]
  for k = 1, n do sum = sum + row[k] * b[k][j] end
  return sum
end)
return string.format('%.2f %.2f', c[1][1], c[n][n])
