import { spawnSync } from 'node:child_process';
import { LuaVM, Source } from '../../../src/lua';

/**
 * What a program runs with, and how its result becomes text. The same in both runtimes. `tick` ends programs that go
 * on for too long: after so many calls each further one fails.
 */
const DRIVER = String.raw`
local function show(value, depth)
  local kind = type(value)
  if kind == 'number' then
    if value ~= value then return 'nan' end
    if value == 1 / 0 or value == -1 / 0 then return 'inf' end
    return string.format('%.14g', value)
  elseif kind == 'string' then
    return '"' .. value:gsub('[^ -~]', function(c) return ('\\%03d'):format(c:byte()) end) .. '"'
  elseif kind == 'table' then
    if depth > 1 then return '{...}' end
    local fields = {}
    for key, field in pairs(value) do fields[#fields + 1] = '[' .. show(key, depth + 1) .. ']=' .. show(field, depth + 1) end
    table.sort(fields)
    return '{' .. table.concat(fields, ',') .. '}'
  elseif kind == 'function' or kind == 'thread' then
    return kind
  end
  return tostring(value)
end

local function showAll(...)
  local texts = {}
  for i = 1, select('#', ...) do texts[i] = show((select(i, ...)), 0) end
  return table.concat(texts, ' ')
end

return function(text)
  local log, ticks, held = {}, 0, {}
  local env = setmetatable({}, { __index = _G })
  function env.emit(...) if #log < 60 then log[#log + 1] = showAll(...) end end
  function env.trace(label, value) if #log < 60 then log[#log + 1] = tostring(label) .. ':' .. type(value) end return value end
  function env.tick()
    ticks = ticks + 1
    if ticks > 300 then error({}) end
  end
  function env.several(...) return ... end
  function env.solid(...)
    local values = { ... }
    for i = 1, select('#', ...) do if values[i] == nil then values[i] = 0 end end
    return unpack(values)
  end
  function env.tostring(value) return type(value) == 'table' and 'table' or type(value) == 'function' and 'f' or tostring(value) end
  function env.double(a) return (tonumber(a) or 1) * 2 end
  function env.upTo(n) return function(_, i) if i < 3 and i < (tonumber(n) or 2) then return i + 1, i * 2 end end, nil, 0 end
  function env.counting(t) t.count = function(self, n) return n + #self end return t end
  env.G1, env.G2, env.H1 = 5, 0.5, function(a) return a - 1 end
  function env.hold(f) if #held < 9 then held[#held + 1] = f end end
  env._G = env
  local program, message = loadstring(text, '=case')
  if not program then return 'SYNTAX ' .. show(message) end
  setfenv(program, env)
  local result = showAll(pcall(program, 1, 2, 'three'))
  for i = 1, #held do log[#log + 1] = 'held ' .. showAll(pcall(held[i])) end
  return ((table.concat(log, '; ') .. ' => ' .. result):gsub('0x%x+', 'address'):gsub('\n', '\\n'))
end
`;

/** The results in this package's Lua. */
export function runHere(programs: readonly string[]): string[] {
  const vm = new LuaVM();
  const [run] = vm.callSync(vm.load(new Source('=driver', DRIVER)));
  return programs.map((program) => {
    vm.globals.set('text', program);
    vm.globals.set('run', run);
    return vm.callSync(vm.load(new Source('=call', 'return run(text)')))[0] as string;
  });
}

/** Reads texts, each after a line with its length: the driver, then the programs. */
const LOOP = String.raw`
local function text()
  local size = io.read('*n', '*l')
  return size and io.read(size)
end
local run = assert(loadstring(text(), '=driver'))()
for program in text do print(run(program)) end
`;

/** The results in lua5.1: one process for all of them. */
export function runThere(programs: readonly string[]): string[] {
  const input = [DRIVER, ...programs].map((text) => `${text.length}\n${text}`).join('');
  const { stdout, stderr, status } = spawnSync('lua5.1', ['-e', LOOP], {
    input: Buffer.from(input, 'latin1'),
    maxBuffer: 1 << 28,
    env: { LC_ALL: 'C' },
  });
  if (status !== 0) throw new Error(`lua5.1 ended with ${String(status)}: ${stderr.toString()}`);
  return stdout.toString('latin1').split('\n').slice(0, -1);
}
