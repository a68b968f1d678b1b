local Account = {}
Account.__index = Account
function Account.new() return setmetatable({ balance = 0, moves = 0 }, Account) end
function Account:deposit(sum)
  self.balance = self.balance + sum
  self.moves = self.moves + 1
  return self
end
function Account:read() return self.balance end
local total = 0
for i = 1, 300 do
  local account = Account.new()
  for j = 1, 50 do account:deposit(j) end
  for j = 1, 50 do total = total + account:read() end
end
return string.format('%d', total)
