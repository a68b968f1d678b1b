local function tree(depth)
  if depth == 0 then return { value = 1 } end
  return { left = tree(depth - 1), right = tree(depth - 1), value = depth }
end
local function sum(node)
  if not node.left then return node.value end
  return sum(node.left) + sum(node.right) + node.value
end
local total = 0
for i = 1, 4 do total = total + sum(tree(10)) end
for i = 1, 10000 do
  local point = { i, i + 1, i + 2 }
  total = total + #point + point[2]
end
return string.format('%d', total)
