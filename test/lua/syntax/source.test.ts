import { chunkId, Source, SYNTAX_ID_SIZE } from '../../../src/lua/syntax/source';

const a = (count: number): string => 'a'.repeat(count);

test.each<[string, string]>([
  ['=stdin', 'stdin'],
  [`=${a(59)}`, a(59)],
  [`=${a(60)}`, a(59)],
  ['@policy.lua', 'policy.lua'],
  [`@${a(52)}`, a(52)],
  [`@b${a(52)}`, `...${a(52)}`],
  ['x = 1', '[string "x = 1"]'],
  [a(43), `[string "${a(43)}"]`],
  [a(44), `[string "${a(43)}..."]`],
  ['x = 1\ny = 2', '[string "x = 1..."]'],
  ['x = 1\n', '[string "x = 1..."]'],
  [`${a(50)}\n`, `[string "${a(43)}..."]`],
  ['\r', '[string "..."]'],
  ['', '[string ""]'],
  ['x\0y', '[string "x"]'],
  ['=x\0y', 'x'],
])('the chunk %j is called %s', (name, id) => {
  expect(chunkId(name)).toBe(id);
});

test('syntax errors leave more room for the name', () => {
  expect(chunkId(`@b${a(72)}`, SYNTAX_ID_SIZE)).toBe(`...${a(72)}`);
  expect(chunkId(`=${a(90)}`, SYNTAX_ID_SIZE)).toBe(a(79));
});

test('lines end as Lua ends them', () => {
  const source = new Source('=s', 'a\r\nb\n\rc\rd\n\ne');
  expect([1, 2, 3, 4, 5, 6, 7].map((line) => source.lineBytes(line))).toEqual([
    'a',
    'b',
    'c',
    'd',
    '',
    'e',
    undefined,
  ]);
});

test('columns count bytes in the source and characters in what people read', () => {
  const source = Source.fromBytes('=s', Buffer.from('x = "é" ?'));
  const at = { line: 1, column: 10 };
  expect(source.displayColumn(at)).toBe(9);
  expect(source.excerpt(at)).toBe('> 1 | x = "é" ?\n    |         ^');
});

test('a line that is not UTF-8 is shown byte by byte', () => {
  const source = Source.fromBytes('=s', Buffer.from([0x78, 0x93, 0x78]));
  expect(source.line(1)).toBe('x\u0093x');
});
