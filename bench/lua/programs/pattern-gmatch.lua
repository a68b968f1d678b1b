local text = string.rep("From: Jane Doe <jane.doe@example.com>\r\nSubject: Offer 42, 50% off = now!\r\nX-Id: 4711-abc\r\n", 200)
local words, headers = 0, 0
for word in text:gmatch('%a+') do words = words + #word end
for name, value in text:gmatch('([%w-]+):%s*([^\r\n]*)') do headers = headers + #name + #value end
return string.format('%d %d', words, headers)
