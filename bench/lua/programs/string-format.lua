local n = 0
for i = 1, 8000 do
  n = n + #string.format('%s: %d of %5.2f <%x> %-10s|', 'name', i, i / 3, i, 'left')
end
return string.format('%d', n)
