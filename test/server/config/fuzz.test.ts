import { DEFAULT_CONFIG, IMPLICIT_CONFIG } from '../../../src/server/config/default-config';
import { plainScope, printRecursively } from '../../../src/server/config/print';
import { ConfigSyntaxError } from '../../../src/server/config/syntax-error';
import { Random } from '../../../src/server/random';
import { configuration } from './support';

const SAMPLES = [
  DEFAULT_CONFIG,
  IMPLICIT_CONFIG,
  String.raw`
    # a comment
    /* another */ Relay_Hosts = ( 10.0.0.1 '10.0.0.2' "a \"b\" \\ \d" )
    AuthLoginParameters [ uri = "digest:///etc/ecdigest" bits = ( 1 2 ) ]
    Domain "/sink-[ab]\.test/" { Gateway = "" nested ( ( ) [ ] [ a = ( b ) ] ) }
    binding "b" = { Message_Expiration = 7200 }`,
];
const PIECES = [
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  '=',
  '"',
  "'",
  '\\',
  '#',
  '/*',
  '*/',
  '\n',
  ' ',
  'a',
  'x = ',
  't {',
  '\0',
  'é',
];

const below = (random: Random, limit: number) => Math.floor(random.float() * limit);

function mutated(random: Random): string {
  let text = SAMPLES[below(random, SAMPLES.length)]!;
  for (let count = 1 + below(random, 6); count > 0; count--) {
    const at = below(random, text.length + 1);
    const length = below(random, 8);
    const piece = [PIECES[below(random, PIECES.length)]!, '', text.slice(at, at + length)][below(random, 3)]!;
    text = text.slice(0, at) + piece + text.slice(at + below(random, 2) * length);
  }
  return text;
}

function* texts(count: number): Generator<string> {
  const random = new Random(7);
  for (let i = 0; i < count; i++) yield mutated(random);
}

test('every text is a configuration or has a syntax error at a place inside it', () => {
  const counts = { accepted: 0, refused: 0 };
  for (const text of texts(3000)) {
    try {
      const { root } = configuration(text);
      const printed = printRecursively(root).join('\n');
      expect(JSON.stringify(plainScope(configuration(printed).root))).toBe(JSON.stringify(plainScope(root)));
      counts.accepted++;
    } catch (error) {
      if (!(error instanceof ConfigSyntaxError)) throw error;
      const line = text.split('\n')[error.line! - 1];
      expect(line).toBeDefined();
      expect(error.column).toBeGreaterThan(0);
      expect(error.column).toBeLessThanOrEqual(line!.length + 1);
      counts.refused++;
    }
  }
  expect(counts.accepted).toBeGreaterThan(500);
  expect(counts.refused).toBeGreaterThan(1000);
});

test('samples print to what reads the same, and printing again changes nothing', () => {
  for (const sample of SAMPLES) {
    const printed = printRecursively(configuration(sample).root).join('\n');
    expect(printRecursively(configuration(printed).root).join('\n')).toBe(printed);
  }
});
