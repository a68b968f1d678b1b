/** Random programs on which Momentum's runtime and plain Lua 5.1 agree, run by both. */
import { spawnSync } from 'node:child_process';
import { LuaVM, Source } from '../../src/lua';
import { Random } from '../../src/server/random';
import { counterpart } from '../helpers/counterparts';

const testWithLua51 = counterpart('lua5.1');

/** Prints the results of every expression, one line each, with everything that is no printable ASCII escaped. */
const PRELUDE = `
local function show(v)
  if type(v) == 'string' then
    return '"' .. v:gsub('[^ -~]', function(c) return ('\\\\%03d'):format(c:byte()) end) .. '"'
  end
  return tostring(v):gsub('0x%x+', 'address')
end
local function case(expression)
  local f, message = loadstring('return ' .. expression, '=case')
  local r = f and { n = 0, pcall(f) } or { message }
  for i = 1, table.maxn(r) do r[i] = show(r[i]) end
  print(table.concat(r, ' | '))
end
`;

const quote = (text: string) =>
  `"${text.replace(/[^ !#-[\]-~]/g, (c) => `\\${String(c.charCodeAt(0)).padStart(3, '0')}`)}"`;
const program = (expressions: readonly string[]) =>
  PRELUDE + expressions.map((expression) => `case(${quote(expression)})`).join('\n');

function runHere(source: string): string[] {
  const lines: string[] = [];
  const vm = new LuaVM({ print: (text) => lines.push(text) });
  vm.callSync(vm.load(new Source('=program', source)));
  return lines;
}

function runThere(source: string): string[] {
  const { stdout, stderr, status } = spawnSync('lua5.1', ['-'], {
    input: Buffer.from(source, 'latin1'),
    maxBuffer: 1 << 28,
    env: { TZ: 'UTC', LC_ALL: 'C' },
  });
  if (status !== 0) throw new Error(`lua5.1 ended with ${String(status)}: ${stderr.toString()}`);
  return stdout.toString('latin1').split('\n').slice(0, -1);
}

const COUNT = 3000;

function compare(seed: number, make: (pick: Picker) => string): void {
  const pick = picker(seed);
  const expressions = Array.from({ length: COUNT }, () => make(pick));
  const source = program(expressions);
  const [here, there] = [runHere(source), runThere(source)];
  const differences = expressions
    .map((expression, i) => ({ expression, lua51: there[i], here: here[i] }))
    .filter((result) => result.lua51 !== result.here);
  expect(here.length).toBe(COUNT);
  expect(differences.slice(0, 20)).toEqual([]);
}

interface Picker {
  one<Item>(items: readonly Item[]): Item;
  upTo(max: number): number;
  text(alphabet: readonly string[], length: number): string;
}

function picker(seed: number): Picker {
  const random = new Random(seed);
  const one = <Item>(items: readonly Item[]) => items[random.integer(0, items.length - 1)]!;
  return {
    one,
    upTo: (max) => random.integer(0, max),
    text: (alphabet, length) =>
      Array.from({ length: random.integer(0, length) }, () => one(alphabet)).join(''),
  };
}

const NUMBERS = [
  ...['0', '1', '-1', '0.5', '-0.5', '2.5', '3.5', '0.125', '1.005', '9.995', '99.5', '123456.789', '-42'],
  ...[
    '1e10',
    '1e15',
    '1e16',
    '1.5e300',
    '1e-5',
    '2.5e-10',
    '1e-300',
    '5e-324',
    '2^31',
    '2^32',
    '2^53',
    '1e21',
    '1/3',
  ],
  ...[
    '255',
    '256',
    '65535.5',
    '-2^31',
    '0.1',
    '0.3',
    '1e22',
    '123456789012345',
    '4.35',
    '1e100',
    '2^-30',
    '7.5',
  ],
];

testWithLua51('string.format agrees with lua5.1', () => {
  compare(1, ({ one, upTo, text }) => {
    const flags = text(['-', '+', ' ', '#', '0'], 2);
    const width = one(['', '', '1', '5', '12', '30']);
    const precision = one(['', '', '.', '.0', '.1', '.3', '.10', '.14', '.20', '.25']);
    const letter = one([...'dicouxXeEfgGsq']);
    const numeric = 'dieEfgGsq'.includes(letter) ? one(NUMBERS) : String(upTo(2 ** 31));
    const value =
      'sq'.includes(letter) && upTo(1) ? quote(text(['a', '"', '\\', '\n', '\0', '\r', 'é'], 8)) : numeric;
    return `string.format(${quote(`<%${flags}${width}${precision}${letter}>`)}, ${value})`;
  });
});

testWithLua51('patterns agree with lua5.1', () => {
  const items = [
    ...[
      'a',
      'b',
      '.',
      '%a',
      '%d',
      '%s',
      '%w',
      '%p',
      '%x',
      '%u',
      '%l',
      '%A',
      '%S',
      '%.',
      '%%',
      '[ab]',
      '[^a]',
      '[a-c]',
    ],
    ...[
      '[%d_]',
      '(',
      ')',
      '(',
      ')',
      '()',
      '^',
      '$',
      '*',
      '+',
      '-',
      '?',
      '*',
      '-',
      '%b()',
      '%b<>',
      '%f[%w]',
      '%1',
      '%2',
    ],
    ...['[]]', '[^]]', '[a-]', '[', ']', '%z', '\0', 'é', '[\xe0-\xff]'],
  ];
  const subjectItems = [
    'a',
    'b',
    'c',
    'A',
    '1',
    '2',
    ' ',
    '.',
    '(',
    ')',
    '<',
    '>',
    '%',
    ']',
    '_',
    '\0',
    '\xe9',
    'ab',
    'x',
  ];
  compare(2, ({ one, upTo, text }) => {
    const pattern = quote(text(items, 6));
    const subject = quote(text(subjectItems, 14));
    const replacement = quote(text(['x', '%0', '%1', '%2', '%%', '%', 'y'], 3));
    return one([
      `string.find(${subject}, ${pattern}, ${upTo(8) - 3})`,
      `string.match(${subject}, ${pattern})`,
      `string.gsub(${subject}, ${pattern}, ${replacement})`,
      `string.gsub(${subject}, ${pattern}, string.upper, ${upTo(3)})`,
      `string.gsub(${subject}, ${pattern}, { a = "A", b = false, ["1"] = 1 })`,
      `(function() local r = {} for a, b in string.gmatch(${subject}, ${pattern}) do r[#r+1] = tostring(a) .. "/" .. tostring(b) if #r > 30 then break end end return unpack(r) end)()`,
    ]);
  });
});

testWithLua51('the string and table libraries agree with lua5.1', () => {
  const values = [
    'nil',
    'true',
    '0',
    '1',
    '-1',
    '2',
    '3',
    '-3',
    '2.7',
    '"2"',
    '"x"',
    '{}',
    'type',
    '100',
    '1e3',
    '""',
  ];
  const lists = [
    '{}',
    '{1, 2, 3}',
    '{"b", "a", "c"}',
    '{3, 1, 2, 9, 7, 5}',
    '{1, "x"}',
    '{n = 3}',
    '"s"',
    '5',
    'nil',
  ];
  const texts = ['""', '"a"', '"hello"', '"a\\0b"', '123', '"\\255\\128Z"', 'nil', '{}'];
  const onText = 'byte char find len lower match rep reverse sub upper format'.split(' ');
  const onTables = 'concat foreach foreachi getn insert maxn remove sort setn'.split(' ');
  compare(3, ({ one, upTo }) => {
    const args = Array.from({ length: upTo(3) }, () => one(values));
    if (upTo(1)) return `string.${one(onText)}(${[one(texts), ...args].join(', ')})`;
    const call = `table.${one(onTables)}(${['t', ...args].join(', ')})`;
    return `(function() local t = ${one(lists)} local r = {pcall(function() return ${call} end)} local s = {} for i = 1, type(t) == "table" and 8 or 0 do s[i] = tostring(t[i]):gsub("0x%x+", "") end return r[1], r[2], r[3], table.concat(s, ",") end)()`;
  });
});

testWithLua51('table.sort makes the comparisons of lua5.1', () => {
  compare(4, ({ upTo, one }) => {
    const list = Array.from({ length: upTo(20) }, () => upTo(9)).join(', ');
    const order = one(['a < b', 'a > b', 'a <= b', 'true', 'false', 'a % 3 < b % 3', 'n % 2 == 0', 'a']);
    return `(function() local n, log, t = 0, {}, {${list}} local ok, e = pcall(table.sort, t, function(a, b) n = n + 1 log[n] = tostring(a) .. ":" .. tostring(b) return ${order} end) return ok, e, table.concat(t, " "), table.concat(log, " ") end)()`;
  });
});

testWithLua51('numbers and math agree with lua5.1', () => {
  const unary =
    'abs ceil floor sqrt exp log log10 sin cos tan asin acos atan deg rad frexp modf sinh cosh tanh'.split(
      ' ',
    );
  const binary = 'fmod pow atan2 ldexp max min'.split(' ');
  const result = (call: string) =>
    `(function() local function f(x) if x ~= x or x == -1/0 then return "special" end return x end local a, b = ${call} return f(a), b end)()`;
  compare(5, ({ one, upTo }) => {
    if (upTo(2) === 0) return result(`math.${one(unary)}(${one(NUMBERS)})`);
    if (upTo(1)) return result(`math.${one(binary)}(${one(NUMBERS)}, ${one(NUMBERS)})`);
    return result(
      `(${one(NUMBERS)}) ${one(['+', '-', '*', '/', '%', '^', '..', '<', '<=', '=='])} (${one(NUMBERS)})`,
    );
  });
});

testWithLua51('dates agree with lua5.1', () => {
  const letters = [...'aAbBcCdDeFgGhHIjklmMnpPrRsStTuUVwWxXyYzZ%'];
  compare(6, ({ one, upTo }) => {
    const time = one([
      upTo(2 ** 31),
      upTo(2 ** 31) * 100,
      -upTo(2 ** 31),
      upTo(400) * 86400,
      upTo(2 ** 31) * -14,
    ]);
    if (upTo(2))
      return `os.date(${quote(one(['', '!']) + letters.map((letter) => `%${letter}`).join('|'))}, ${time})`;
    const fields = ['day', 'month', 'hour', 'min', 'sec']
      .map((name) => `${name} = ${upTo(200) - 60}`)
      .join(', ');
    return `os.time({ year = ${1900 + upTo(300)}, ${fields}, isdst = ${one(['nil', 'false', 'true'])} })`;
  });
});
