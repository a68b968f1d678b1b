local counts = {}
for i = 1, 30000 do
  local key = 'k' .. (i * 31 % 500)
  counts[key] = (counts[key] or 0) + 1
end
local record = { alpha = 1, beta = 2, gamma = 3 }
for i = 1, 40000 do
  record.alpha = record.beta + record.gamma
  record.beta = record.alpha % 7
end
return string.format('%d %d', counts.k31, record.alpha)
