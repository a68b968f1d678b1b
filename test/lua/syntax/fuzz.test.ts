import { randomNumbers, syntaxErrorOf } from './helpers';
import { DIALECT_SAMPLES, STOCK_SAMPLES } from './samples';

const SAMPLES = [...STOCK_SAMPLES, ...DIALECT_SAMPLES];
const ALPHABET = 'aex01.,;:=~!<>^&|\\/*-+%#()[]{}"\'\n\r\t _\0\xe2\xff';
const PIECES = [
  ...'( [ { [[ ]] [=[ --[[ -- " \' function( function(...) repeat else end until not - ~ ! .. ^ a. a: a, f'.split(
    ' ',
  ),
  ...[
    'do',
    'while x do',
    'if x then',
    'for i=1,2 do',
    'return',
    'break',
    '...',
    '0x',
    '09',
    '"\\u',
    'local a',
  ],
];

/** Parses; anything thrown but a syntax error fails the test. */
const outcomes = (texts: Iterable<string>): { accepted: number; refused: number } => {
  const counts = { accepted: 0, refused: 0 };
  for (const text of texts) counts[syntaxErrorOf(text) ? 'refused' : 'accepted']++;
  return counts;
};

function* make(
  count: number,
  seed: number,
  one: (random: (limit: number) => number) => string,
): Generator<string> {
  const random = randomNumbers(seed);
  for (let i = 0; i < count; i++) yield one(random);
}

const pick = <T>(items: readonly T[], random: (limit: number) => number): T => items[random(items.length)]!;

test('random bytes', () => {
  const texts = make(3000, 1, (random) =>
    Array.from({ length: random(60) }, () => String.fromCharCode(random(256))).join(''),
  );
  expect(outcomes(texts).refused).toBeGreaterThan(2000);
});

test('random characters of Lua', () => {
  const texts = make(5000, 2, (random) =>
    Array.from({ length: random(40) }, () => ALPHABET[random(ALPHABET.length)]!).join(''),
  );
  const { accepted, refused } = outcomes(texts);
  expect(accepted).toBeGreaterThan(10);
  expect(refused).toBeGreaterThan(3000);
});

test('programs with bytes changed, removed and doubled', () => {
  const texts = make(5000, 3, (random) => {
    let text = pick(SAMPLES, random);
    for (let edits = 1 + random(4); edits > 0; edits--) {
      const from = random(text.length);
      const insert = pick(
        ['', ALPHABET[random(ALPHABET.length)]!, text.slice(from, from + random(30))],
        random,
      );
      text = text.slice(0, from) + insert + text.slice(from + random(3));
    }
    return text;
  });
  const { accepted, refused } = outcomes(texts);
  expect(accepted).toBeGreaterThan(100);
  expect(refused).toBeGreaterThan(1000);
});

test('pieces repeated many thousand times', () => {
  const texts = make(300, 4, (random) =>
    Array.from({ length: 1 + random(3) }, () => `${pick(PIECES, random)} `.repeat(1 + random(20_000))).join(
      pick(PIECES, random),
    ),
  );
  expect(outcomes(texts).refused).toBeGreaterThan(200);
});

test.each(PIECES)('nothing but %s, 100000 times', (piece) => {
  expect(syntaxErrorOf(`${`${piece} `.repeat(100_000)}\nx y`)?.luaMessage).toMatch(/^s:[12]: /);
});
