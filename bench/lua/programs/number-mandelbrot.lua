local inside = 0
for py = 0, 39 do
  for px = 0, 39 do
    local cx, cy = px / 20 - 1.5, py / 20 - 1
    local x, y, i = 0, 0, 0
    while i < 50 and x * x + y * y < 4 do
      x, y = x * x - y * y + cx, 2 * x * y + cy
      i = i + 1
    end
    if i == 50 then inside = inside + 1 end
  end
end
return string.format('%d', inside)
