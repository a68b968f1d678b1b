import { MessageContent } from '../../src/mail/content';
import { HeaderError } from '../../src/mail/header-error';

const bytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
const message = (raw: string): MessageContent => new MessageContent(Buffer.from(raw, 'latin1'));
const rawOf = (content: MessageContent): string => content.raw.toString('latin1');

const SAMPLE =
  'Received: one\r\nSubject: Hi\r\nX-List:  a\r\n\tb\r\nx-list:c \r\nTo: r@example.com\r\n\r\nBody\r\nX-List: no\r\n';

describe('reading', () => {
  test('names are compared without regard to case, and kept as they are', () => {
    const { headers } = message(SAMPLE);
    expect(headers.all().map(({ name }) => name)).toEqual(['Received', 'Subject', 'X-List', 'x-list', 'To']);
    expect(headers.get('SUBJECT')).toEqual(['Hi']);
    expect(headers.has('subject')).toBe(true);
  });

  test('every instance is a value; the body is not searched', () => {
    expect(message(SAMPLE).headers.get('X-List')).toEqual(['a b', 'c ']);
  });

  test('an absent header has no values', () => {
    expect(message(SAMPLE).headers.get('X-None')).toEqual([]);
    expect(message(SAMPLE).headers.has('X-None')).toBe(false);
  });

  test('raw values have their blanks and folds', () => {
    expect(message(SAMPLE).headers.raw('X-List')).toEqual(['  a\r\n\tb', 'c ']);
  });

  test('values are unfolded and not decoded', () => {
    const { headers } = message('Subject: =?UTF-8?Q?=C3=BC?=\r\n =?UTF-8?Q?b?=\r\n\r\n');
    expect(headers.values('Subject')).toEqual(['=?UTF-8?Q?=C3=BC?= =?UTF-8?Q?b?=']);
    expect(headers.all()).toEqual([{ name: 'Subject', value: '=?UTF-8?Q?=C3=BC?= =?UTF-8?Q?b?=' }]);
    expect(headers.get('Subject')).toEqual([bytes('üb')]);
  });

  test.each([
    ['blanks after the colon', 'A: \t x\r\n', 'x'],
    ['no blank after the colon', 'A:x\r\n', 'x'],
    ['a blank before the colon', 'A : x\r\n', 'x'],
    ['a value on the next line', 'A:\r\n   x\r\n', 'x'],
    ['several folds', 'A: x\r\n\ty\r\n  z\r\n', 'x y z'],
    ['lone line feeds', 'A: x\n y\n', 'x y'],
    ['a lone carriage return', 'A: x\ry\r\n', 'x\ry'],
    ['a line of blanks in a fold', 'A: x\r\n \r\n y\r\n', 'x  y'],
    ['bytes that are no UTF-8', 'A: \xfc\xff\r\n', '\xfc\xff'],
    ['no line end', 'A: x', 'x'],
    ['no value', 'A:\r\n', ''],
    ['NUL', 'A: x\0y\r\n', 'x\0y'],
  ])('%s', (_, raw, value) => {
    expect(message(raw).headers.get('a')).toEqual([value]);
    expect(message(raw + '\r\nbody').headers.get('a')).toEqual([value]);
  });

  test.each([
    ['an mbox line', 'From a@b Tue Nov 24\r\nA: x\r\n\r\nbody'],
    ['garbage with a continuation', 'A: x\r\nno header\r\n at all\r\n\r\nbody'],
    ['a continuation of nothing', ' no header\r\nA: x\r\n\r\nbody'],
    ['a colon without a name', ': y\r\nA: x\r\n\r\nbody'],
    ['a name with a blank', 'B b: y\r\nA: x\r\n\r\nbody'],
    ['a name that is not ASCII', '\xfc: y\r\nA: x\r\n\r\nbody'],
  ])('what is no header is passed over and kept: %s', (_, raw) => {
    const content = message(raw);
    expect(content.headers.all()).toEqual([{ name: 'A', value: 'x' }]);
    expect(content.body.toString()).toBe('body');
    content.headers.set('A', ['z']);
    content.headers.remove('A');
    expect(rawOf(content)).toBe(raw.replace('A: x\r\n', ''));
  });
});

describe('writing', () => {
  const edited = (raw: string, edit: (content: MessageContent) => void): string => {
    const content = message(raw);
    edit(content);
    return rawOf(content);
  };
  const RAW = 'a:1\r\nB: 2 \r\nA:\r\n 3\r\n\r\nbody';

  test.each([
    ['replace', 'B: 2 \r\nA: x\r\n\r\nbody'],
    ['append', 'a:1\r\nB: 2 \r\nA:\r\n 3\r\nA: x\r\n\r\nbody'],
    ['prepend', 'A: x\r\na:1\r\nB: 2 \r\nA:\r\n 3\r\n\r\nbody'],
  ] as const)('%s', (mode, raw) => {
    expect(edited(RAW, ({ headers }) => headers.set('A', ['x'], mode))).toBe(raw);
  });

  test('the mode is replace', () => {
    expect(edited(RAW, ({ headers }) => headers.set('A', ['x']))).toBe('B: 2 \r\nA: x\r\n\r\nbody');
  });

  test('several values keep their order in every mode', () => {
    for (const mode of ['replace', 'append', 'prepend'] as const) {
      const { headers } = message('C: 0\r\n\r\n');
      headers.set('C', ['1', '2'], mode);
      expect(headers.get('C').filter((value) => value !== '0')).toEqual(['1', '2']);
    }
  });

  test('no values: all instances are gone', () => {
    expect(edited(RAW, ({ headers }) => headers.set('A', []))).toBe('B: 2 \r\n\r\nbody');
  });

  test('remove answers how many there were', () => {
    const { headers } = message(RAW);
    expect([headers.remove('A'), headers.remove('A'), headers.remove('b')]).toEqual([2, 0, 1]);
    expect(headers.block).toHaveLength(0);
  });

  test('trace headers go on top as they are', () => {
    expect(edited(RAW, ({ headers }) => headers.prependLines('Received: x\r\n\ty; z\r\nT:1'))).toBe(
      `Received: x\r\n\ty; z\r\nT:1\r\n${RAW}`,
    );
  });

  test.each(['x\r\n', 'A: x\r\n\r\nB: y\r\n', ' A: x\r\n', 'A: \u20ac'])(
    'these are no header lines: %j',
    (lines) => {
      const content = message(RAW);
      expect(() => content.headers.prependLines(lines)).toThrow(HeaderError);
      expect(rawOf(content)).toBe(RAW);
    },
  );

  test.each(['', 'A:', 'A b', 'A\r\nB', '\xfc', 'A\0'])('no name: %j', (name) => {
    const content = message(RAW);
    expect(() => content.headers.set(name, ['x'])).toThrow(HeaderError);
    expect(rawOf(content)).toBe(RAW);
  });

  test.each([
    'a\r\nB: b',
    'a\nb',
    'a\n b',
    'a\rb',
    'a\r\n',
    'a\r\n \r\n b',
    'a\r\n ',
    'a\0b',
    '\u20ac',
    '\xfc',
  ])('no value: %j', (value) => {
    const content = message(RAW);
    expect(() => content.headers.set('A', ['good', value])).toThrow(HeaderError);
    expect(rawOf(content)).toBe(RAW);
  });

  test('an error tells the name and does not show the whole of a long value', () => {
    const { headers } = message(RAW);
    const value = `${'x'.repeat(10_000)}\n`;
    expect(() => headers.set('X-Long', [value])).toThrow(/^the value of the header X-Long .{1,400}$/);
  });

  test('a fold that is there stays', () => {
    expect(edited('', ({ headers }) => headers.set('A', ['x\r\n\ty']))).toBe('A: x\r\n\ty\r\n');
  });

  test('the last line gets an end before another follows', () => {
    expect(edited('A: 1', ({ headers }) => headers.set('B', ['2'], 'append'))).toBe('A: 1\r\nB: 2\r\n');
  });

  test('a header does not swallow lines that continue nothing', () => {
    const content = message(' odd\r\nA: 1\r\n\r\n');
    content.headers.set('B', ['2'], 'prepend');
    expect(content.headers.get('B')).toEqual(['2']);
    expect(rawOf(content)).toBe(' odd\r\nB: 2\r\nA: 1\r\n\r\n');
  });
});

describe('long values and other characters than ASCII', () => {
  const written = (name: string, value: string): string => {
    const { headers } = message('');
    headers.set(name, [bytes(value)]);
    return headers.block.toString('latin1');
  };

  test('lines are folded at blanks, and unfold to the value', () => {
    const value = Array.from({ length: 40 }, (_, i) => `word${i}`).join(' ');
    const text = written('Subject', value);
    const lines = text.trimEnd().split('\r\n');
    expect(lines.length).toBeGreaterThan(3);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(78);
    expect(message(text).headers.get('Subject')).toEqual([value]);
  });

  test.each([
    [
      'a long word stands on a line of its own',
      `a ${'x'.repeat(90)} b`,
      `S: a\r\n ${'x'.repeat(90)}\r\n b\r\n`,
    ],
    ['one that fits no line stays behind the name', 'x'.repeat(90), `S: ${'x'.repeat(90)}\r\n`],
    ['one that fits the next line goes there', 'x'.repeat(77), `S:\r\n ${'x'.repeat(77)}\r\n`],
    ['only single spaces are folds', `${'x'.repeat(50)}  ${'y'.repeat(50)}`, undefined],
    ['a tab is no place to fold', `${'x'.repeat(50)}\t${'y'.repeat(50)}`, undefined],
  ])('%s', (_, value, text) => {
    expect(written('S', value)).toBe(text ?? `S: ${value}\r\n`);
  });

  test('words that are not ASCII are encoded, with the blanks between them', () => {
    expect(written('Subject', 'Grüße  aus Köln über Fürth')).toBe(
      'Subject: =?UTF-8?B?R3LDvMOfZQ==?=  aus =?UTF-8?B?S8O2bG4gw7xiZXIgRsO8cnRo?=\r\n',
    );
  });

  test('encoded lines are at most 76 characters', () => {
    for (const value of ['ü'.repeat(300), `Re: ${'日本語'.repeat(40)}`, 'aü '.repeat(100) + 'b']) {
      const text = written('Subject', value);
      const lines = text.trimEnd().split('\r\n');
      expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(76);
      expect(message(text).headers.get('Subject')).toEqual([bytes(value)]);
    }
  });

  test('ASCII is never encoded, and what is encoded already stays', () => {
    expect(written('Subject', '=?UTF-8?Q?=C3=BC?= a=b? <x@y>')).toBe(
      'Subject: =?UTF-8?Q?=C3=BC?= a=b? <x@y>\r\n',
    );
  });

  test.each([
    ['From', 'Jörg Müller <j@example.com>', '=?UTF-8?B?SsO2cmcgTcO8bGxlcg==?= <j@example.com>'],
    ['to', '"Müller, Jörg"<j@x.org>, b@x.org', '=?UTF-8?B?TcO8bGxlciwgSsO2cmc=?= <j@x.org>, b@x.org'],
    [
      'Cc',
      'A <a@x.org> (Büro (alt)), "c,d" <c@x.org>',
      'A <a@x.org> (=?UTF-8?B?QsO8cm8gKGFsdCk=?=), "c,d" <c@x.org>',
    ],
    ['Reply-To', 'Bücher: a@x.org, B <b@x.org>;', '=?UTF-8?Q?B=C3=BCcher?= : a@x.org, B <b@x.org>;'],
    ['Sender', 'Jörg (x) Müller <j@x.org>', '=?UTF-8?B?SsO2cmc=?= (x) =?UTF-8?Q?M=C3=BCller?= <j@x.org>'],
    ['Bcc', 'Grüße', '=?UTF-8?B?R3LDvMOfZQ==?='],
    ['Bcc', 'Grüße, a@x.org', '=?UTF-8?B?R3LDvMOfZQ==?= , a@x.org'],
    ['To', 'jörg@x.org', bytes('jörg@x.org')],
  ])('addresses stay addresses: %s: %s', (name, value, text) => {
    expect(written(name, value)).toBe(`${name}: ${text}\r\n`);
    const { headers } = message(written(name, value));
    const addresses = headers.addresses(name).map(({ address }) => address);
    expect(addresses).toEqual(bytes(value).match(/[\w.\x80-\xff]+@[\w.]+/g) ?? []);
  });
});
