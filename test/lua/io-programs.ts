/**
 * Programs that use files in the directory `D` (empty at first) and what they print in stock Lua 5.1 on Linux.
 * `show(...)` prints its arguments, strings quoted; `put(name, text)` writes a file of the directory, and
 * `with(name, mode, f)` calls `f` with one that is open.
 */
export const PRELUDE = `
local function quote(v)
  if type(v) ~= 'string' then return (tostring(v):gsub('0x%x+', 'ADDRESS')) end
  return '"' .. v:gsub('[^ -~]', function(c) return ('\\\\%03d'):format(c:byte()) end) .. '"'
end
function show(...)
  local shown = {}
  for i = 1, select('#', ...) do shown[i] = quote((select(i, ...))) end
  print((table.concat(shown, ' ')))
end
function put(name, text) local f = assert(io.open(D .. name, 'wb')) f:write(text) f:close() end
function with(name, mode, f) local file = assert(io.open(D .. name, mode)) f(file) file:close() end
function all(name) local f = assert(io.open(D .. name, 'rb')) local s = f:read('*a') f:close() return s end
`;

/** What `*n` reads from a text, and what is left. */
const NUMBERS: readonly [text: string, printed: string][] = [
  ['12 x', '12 " x"'],
  ['  \\n\\t7', '7 ""'],
  ['0x1f z', '31 " z"'],
  ['1e+ q', '1 " q"'],
  ['1e q', '1 " q"'],
  ['abc', 'nil "abc"'],
  ['', 'nil ""'],
  ['- 5', 'nil " 5"'],
  ['.5.5', '0.5 ".5"'],
  ['nan', 'nan ""'],
  ['nax y', 'nil " y"'],
  ['-12E1', '-120 ""'],
  ['infinity7', 'inf "7"'],
  ['infx', 'inf "x"'],
  ['0x', 'nil ""'],
  ['0xg', 'nil "g"'],
  ['+7,8', '7 ",8"'],
  ['1.e2x', '100 "x"'],
  ['0x1p4 z', '16 " z"'],
  ['.e5', 'nil "e5"'],
  ['010 ', '10 " "'],
  ['1_0', '1 "_0"'],
];

export const PROGRAMS: readonly [name: string, source: string, printed: readonly string[]][] = [
  [
    'reading by lines',
    `put('f', 'a\\n\\nb') with('f', 'r', function(f) show(f:read(), f:read('*l'), f:read('*line'), f:read()) end)
     for line in io.lines(D .. 'f') do show(line) end`,
    ['"a" "" "b" nil', '"a"', '""', '"b"'],
  ],
  [
    'a zero byte in a line',
    `put('f', 'a\\0b\\nc\\nd') with('f', 'r', function(f) show(f:read(), f:read(), f:read()) end)`,
    ['"ac" "d" nil'],
  ],
  [
    'a long line',
    `put('f', ('x'):rep(20000) .. '\\ny') with('f', 'r', function(f) show(#f:read(), f:read()) end)`,
    ['20000 "y"'],
  ],
  [
    'reading by counts and to the end',
    `put('f', 'h\\228llo') with('f', 'r', function(f)
       show(f:read(0), f:read(2), f:read(1.9), f:read(100)) show(f:read(0)) show(f:read(1)) show(f:read('*a'), f:read('*a')) show(f:read(-1))
       f:seek('set') show(f:read(-1))
     end)`,
    ['"" "h\\228" "l" "lo"', 'nil', 'nil', '"" ""', 'nil', '"h\\228llo"'],
  ],
  [
    'several formats: what is missing ends the results',
    `put('f', 'one\\n2 rest') with('f', 'r', function(f) show(f:read('*l', '*n', '*n', '*a')) show(f:read('*l', 5, '*l')) end)`,
    ['"one" 2 nil', '"rest" nil'],
  ],
  ...NUMBERS.map(([text, printed]): [string, string, string[]] => [
    `the number at the start of '${text}'`,
    `put('f', '${text}') with('f', 'r', function(f) show(f:read('*n'), f:read('*a')) end)`,
    [printed],
  ]),
  [
    'formats that are none',
    `put('f', '') with('f', 'r', function(f)
       show(pcall(function() return f:read('*z') end)) show(pcall(function() return f:read('l') end)) show(pcall(function() f:read({}) end))
       show(f:read('*l', '*z'))
     end)`,
    [
      `false "program:2: bad argument #1 to 'read' (invalid format)"`,
      `false "program:2: bad argument #1 to 'read' (invalid option)"`,
      `false "program:2: bad argument #1 to 'read' (invalid option)"`,
      'nil',
    ],
  ],
  [
    'writing text and numbers',
    `with('f', 'w', function(f) show(f:write('a', 1, 0.1, 'b\\0c', 1e100)) show(f:write()) end) show(all('f'))`,
    ['true', 'true', '"a10.1b\\000c1e+100"'],
  ],
  [
    'writing a wrong argument',
    `with('f', 'w', function(f) show(pcall(function() f:write('a', {}, 'b') end)) end) show(all('f'))`,
    [`false "program:1: bad argument #2 to 'write' (string expected, got table)"`, '"a"'],
  ],
  [
    'appending',
    `put('f', 'one') with('f', 'a', function(f) show(f:seek()) f:seek('set') f:write('two') show(f:seek()) show(f:read()) end)
     with('f', 'a+', function(f) show(f:seek()) show(f:read(2)) f:seek('cur') f:write('!') f:seek('set', 3) show(f:read('*a')) end)
     with('new', 'a', function(f) f:write('x') end) show(all('new'))`,
    ['3', '6', 'nil "Bad file descriptor" 9', '0', '"on"', '"two!"', '"x"'],
  ],
  [
    'updating',
    `put('f', 'hello') with('f', 'r+', function(f) f:write('J') f:flush() f:seek('end') f:write('!') f:seek('set') show(f:read('*a')) end)
     with('f', 'w+b', function(f) f:write('abc') f:seek('set', 1) show(f:read('*a')) end) show(all('f'))`,
    ['"Jello!"', '"bc"', '"abc"'],
  ],
  [
    'seeking',
    `put('f', 'hello') with('f', 'r+', function(f)
       show(f:seek(), f:seek('end'), f:seek('cur', -2), f:seek('set', 1.9), f:seek('end', 3)) show(f:seek('set', -1)) show(f:seek())
       f:write('z') f:seek('set') show(f:read('*a')) show(pcall(function() f:seek('bad') end)) show(pcall(function() f:seek('set', 'x') end))
     end)`,
    [
      '0 5 3 1 8',
      'nil "Invalid argument" 22',
      '8',
      '"hello\\000\\000\\000z"',
      `false "program:3: bad argument #1 to 'seek' (invalid option 'bad')"`,
      `false "program:3: bad argument #2 to 'seek' (number expected, got string)"`,
    ],
  ],
  [
    'modes',
    `put('f', 'x') for _, mode in ipairs { '', 'z', 'R', 'rz', 'wx' } do local f, text, n = io.open(D .. 'f', mode) show(io.type(f), text and text:sub(#D + 1), n) end
     show(io.type(io.open(D .. 'new', 'wx')))`,
    [
      'nil "f: Invalid argument" 22',
      'nil "f: Invalid argument" 22',
      'nil "f: Invalid argument" 22',
      '"file" nil nil',
      'nil "f: File exists" 17',
      '"file"',
    ],
  ],
  [
    'the wrong direction',
    `put('f', 'x') with('f', 'r', function(f) show(f:write('y')) show(f:write()) show(f:flush()) end)
     with('f', 'w', function(f) show(f:read()) show(f:read('*n')) end) show(io.stdin:write('x')) show(io.stdout:read())`,
    [
      'nil "Bad file descriptor" 9',
      'true',
      'true',
      'nil "Bad file descriptor" 9',
      'nil',
      'nil "Bad file descriptor" 9',
      'nil "Bad file descriptor" 9',
    ],
  ],
  [
    'a closed file',
    `put('f', 'x') local f = io.open(D .. 'f') show((tostring(f):gsub('0x%x+', 'ADDRESS'))) show(f:close()) show(tostring(f), io.type(f))
     for _, name in ipairs { 'close', 'flush', 'lines', 'read', 'seek', 'setvbuf', 'write' } do show(pcall(function() f[name](f) end)) end`,
    [
      '"file (ADDRESS)"',
      'true',
      '"file (closed)" "closed file"',
      ...Array<string>(7).fill('false "program:2: attempt to use a closed file"'),
    ],
  ],
  [
    'lines: who closes, and what comes after the end',
    `put('f', 'x') local step = io.lines(D .. 'f') show(step()) show(step()) show(pcall(function() step() end))
     with('f', 'r', function(f) for line in f:lines() do show(line) end show(io.type(f)) show(f:lines()()) end)`,
    ['"x"', '', 'false "program:1: file is already closed"', '"x"', '"file"', ''],
  ],
  [
    'default files',
    `put('f', 'one\\ntwo') local input = io.input(D .. 'f') show(io.input() == input, io.read()) for line in io.lines() do show(line) end
     show(io.read('*a')) show(io.close(input)) show(pcall(function() io.read() end)) show(pcall(function() io.lines() end)) show(pcall(function() io.input(input) end))
     io.output(D .. 'g') io.write('x', 1) show(io.flush()) show(io.close()) show(pcall(function() io.write('y') end)) show(pcall(function() io.close() end))
     show(pcall(function() io.flush() end)) show(io.type(io.output())) io.output(io.stdout) show(all('g'))`,
    [
      'true "one"',
      '"two"',
      '""',
      'true',
      'false "program:2: standard input file is closed"',
      'false "program:2: attempt to use a closed file"',
      'false "program:2: attempt to use a closed file"',
      'true',
      'true',
      'false "program:3: standard output file is closed"',
      'false "program:3: attempt to use a closed file"',
      'false "program:4: standard output file is closed"',
      '"closed file"',
      '"x1"',
    ],
  ],
  [
    'wrong arguments',
    `for _, call in ipairs { 'io.lines(nil)', 'io.lines({})', 'io.input({})', 'io.close(nil)', 'io.close(5)', 'io.open("x", {})', 'io.stdout.setvbuf(io.stdout)', 'io.stdout:setvbuf("x")', 'io.stdout.write()' } do
       show(pcall(loadstring('return 1, ' .. call, '=c'))) end`,
    [
      `false "c:1: bad argument #1 to 'lines' (FILE* expected, got nil)"`,
      `false "c:1: bad argument #1 to 'lines' (string expected, got table)"`,
      `false "c:1: bad argument #1 to 'input' (FILE* expected, got table)"`,
      `false "c:1: bad argument #1 to 'close' (FILE* expected, got nil)"`,
      `false "c:1: bad argument #1 to 'close' (FILE* expected, got number)"`,
      `false "c:1: bad argument #2 to 'open' (string expected, got table)"`,
      `false "c:1: bad argument #2 to 'setvbuf' (string expected, got no value)"`,
      `false "c:1: bad argument #1 to 'setvbuf' (invalid option 'x')"`,
      `false "c:1: bad argument #1 to 'write' (FILE* expected, got no value)"`,
    ],
  ],
  [
    'what cannot be opened',
    `put('f', 'x') for _, case in ipairs { { 'no' }, { 'no/f', 'w' }, { 'f/' }, { 'f/x' }, { 'f/x', 'w' }, { 'new/', 'w' }, { '', 'w' } } do
       local _, text, n = io.open(D .. case[1], case[2]) show(text:sub(#D + 1), n) end show(io.open('')) 
     show(pcall(function() for _ in io.lines('/no/f') do end end)) show(pcall(function() io.output('/no/f') end))`,
    [
      '"no: No such file or directory" 2',
      '"no/f: No such file or directory" 2',
      '"f/: Not a directory" 20',
      '"f/x: Not a directory" 20',
      '"f/x: Not a directory" 20',
      '"new/: Is a directory" 21',
      '": Is a directory" 21',
      'nil ": No such file or directory" 2',
      `false "program:3: bad argument #1 to 'lines' (/no/f: No such file or directory)"`,
      `false "program:3: bad argument #1 to 'output' (/no/f: No such file or directory)"`,
    ],
  ],
  [
    'a directory',
    `local f = io.open(D) show(f:read()) show(f:read('*a')) show(f:close()) local _, text = loadfile(D) show(_, text:sub(1, 12), text:sub(-16))`,
    ['nil "Is a directory" 21', 'nil "Is a directory" 21', 'true', 'nil "cannot read " ": Is a directory"'],
  ],
  [
    'removing and renaming',
    `put('f', 'x') put('g', 'y') local function tell(ok, text, n) show(ok, text and text:sub(#D + 1), n) end
     tell(os.rename(D .. 'f', D .. 'g')) show(all('g')) tell(os.rename(D .. 'f', D .. 'h')) tell(os.rename(D .. 'g', D .. 'no/h')) tell(os.rename(D .. 'g', D .. 'g/h'))
     tell(os.remove(D .. 'g')) tell(os.remove(D .. 'g')) tell(os.remove(D .. 'g/h')) put('f', '') tell(os.remove(D .. 'f/h'))
     tell(os.remove(D)) show(os.remove('')) show(os.rename('', 'x'))`,
    [
      'true nil nil',
      '"x"',
      'nil "f: No such file or directory" 2',
      'nil "g: No such file or directory" 2',
      'nil "g: Not a directory" 20',
      'true nil nil',
      'nil "g: No such file or directory" 2',
      'nil "g/h: No such file or directory" 2',
      'nil "f/h: Not a directory" 20',
      'nil ": Directory not empty" 39',
      'nil ": No such file or directory" 2',
      'nil ": No such file or directory" 2',
    ],
  ],
  [
    'a removed file that is open',
    `put('f', 'x') local f = io.open(D .. 'f', 'r+') os.remove(D .. 'f') show(f:read(1)) f:seek('set') f:write('yz') f:seek('set') show(f:read('*a')) show(io.open(D .. 'f') == nil)`,
    ['"x"', '"yz"', 'true'],
  ],
  [
    'temporary files',
    `local name = os.tmpname() show(#name, (name:gsub('%w%w%w%w%w%w$', ''))) local f = io.open(name) show(f:read('*a')) f:close() local other = os.tmpname() show(other ~= name, os.remove(name), os.remove(other))
     f = io.tmpfile() f:write('q') f:seek('set') show(f:read('*a'), f:close())`,
    ['15 "/tmp/lua_"', '""', 'true true true', '"q" true'],
  ],
  [
    'loadfile and dofile',
    `put('f.lua', '#!shell\\nlocal a, b = ... return debug.getinfo(1).currentline, a, b') show(assert(loadfile(D .. 'f.lua'))(5)) show(dofile(D .. 'f.lua'))
     put('f.lua', 'x = = 1') show(((select(2, loadfile(D .. 'f.lua'))):gsub('^.*f.lua', ''))) show(((select(2, pcall(dofile, D .. 'f.lua'))):gsub('^.*f.lua', '')))
     put('f.lua', 'error("gone")') show(((select(2, pcall(dofile, D .. 'f.lua'))):gsub('^.*f.lua', ''))) put('f.lua', '# only this') show(dofile(D .. 'f.lua'))
     put('f.luac', '#!shell\\n' .. string.dump(function() return 7 end)) show(dofile(D .. 'f.luac')) show(loadfile('/no/f')) show(pcall(dofile, '/no/f'))`,
    [
      '2 5 nil',
      '2 nil nil',
      `":1: unexpected symbol near '='"`,
      `":1: unexpected symbol near '='"`,
      '":1: gone"',
      '',
      '7',
      'nil "cannot open /no/f: No such file or directory"',
      'false "cannot open /no/f: No such file or directory"',
    ],
  ],
  [
    'standard input',
    `show(io.read('*l')) show(io.stdin:seek()) show(io.read('*n', '*a')) show(io.read())`,
    ['"first"', 'nil "Illegal seek" 29', '5 "\\010last"', 'nil'],
  ],
];

/** What standard input holds. */
export const INPUT = 'first\n5\nlast';
