local text = ''
for i = 1, 3000 do text = text .. 'x' end
local n = 0
for i = 1, 20000 do
  local line = 'key' .. (i % 10) .. '=' .. 'value' .. ';'
  n = n + #line
end
return string.format('%d %d', #text, n)
