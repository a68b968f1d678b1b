-- Runs programs round after round: `lua5.1 run.lua ROUNDS FILE...` prints, for each, its best time in milliseconds of
-- processor time, and its answer.
local rounds = tonumber(arg[1])
for i = 2, #arg do
  local program = assert(loadfile(arg[i]))
  local best, answer = math.huge, nil
  for round = 1, rounds do
    collectgarbage()
    local from = os.clock()
    answer = program()
    best = math.min(best, os.clock() - from)
  end
  print(string.format('%.4f', best * 1000), answer)
end
