/** Programs in plain Lua 5.1 that use all of its syntax. */
export const STOCK_SAMPLES: readonly string[] = [
  `local a, b, c = 1, 2.5, .5e3
a, b = b, a
t = { 1, "two"; three = 3, [4] = { }, [a + b] = c, f(), }
x.y.z, w[1] = nil, true
print(#t, -a ^ 2, not b == false, a .. b .. c)`,
  `function f(a, b, ...) local n = select('#', ...) return a + b * n, ... end
function mod.sub.g() end
function mod.sub:method(x) self.x = x; return self end
local function h(n) if n <= 0 then return 1 end return n * h(n - 1) end
local k = function(...) return arg.n end`,
  `for i = 1, 10 do if i % 2 == 0 then print(i) elseif i > 7 then break else io.write(i, "\\n") end end
for i = 10, 1, -1 do local x = i end
for k, v in pairs({ a = 1 }) do print(k, v) end
while true do break end
repeat local done = true until done
do local y; y = 1 end`,
  `s = 'it\\'s' .. "a\\tb\\065\\"" .. [[
long
text]] .. [==[ ]] ]=] ]==]
--[[ a long
comment ]] z = f'str' { 1 } [[x]] :m 'y' :n() (2)
--[==[ another ]] ]==]
return s, z, 0x1F, 3e-2, (f())`,
  `local t = setmetatable({}, { __index = function(t, k) return k end, __call = print })
return t.a.b[t.c]:d(t, function() return function() return t end end)((1 + 2) * 3 / 4 % 5), a and b or c, a ~= b, a <= b, a >= b`,
];

/** The same for what only Momentum's dialect has. */
export const DIALECT_SAMPLES: readonly string[] = [
  `if a != b and !c then x = a | b & c ^^ ~d end
local mode, half = 0644 << 2 >> 1, 7 \\ 2
s = "\\x41\\u00e9\\u01f600\\@"
goto = 1; local continue = goto`,
];
