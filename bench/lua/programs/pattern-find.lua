local text = string.rep("From: Jane Doe <jane.doe@example.com>\r\nSubject: Offer 42, 50% off = now!\r\nX-Id: 4711-abc\r\n", 200)
local found, at = 0, 1
while true do
  local first, last, id = text:find('X%-Id: (%d+)', at)
  if not first then break end
  found, at = found + #id, last + 1
end
local plain = 0
at = 1
while true do
  local first, last = text:find('Subject', at, true)
  if not first then break end
  plain, at = plain + 1, last + 1
end
local lazy = text:find('<(.-)>$') or 0
local anchored = 0
for i = 1, 5000 do if ('user@example.com'):match('^[%w.]+@([%w.]+)$') then anchored = anchored + 1 end end
return string.format('%d %d %d %d', found, plain, lazy, anchored)
