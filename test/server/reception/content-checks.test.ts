import { checkContent } from '../../../src/server/reception/content-checks';
import { DEFAULT_RECEPTION_SETTINGS, type ReceptionSettings } from '../../../src/server/reception/settings';

/** The message as it goes on, or the reply. */
function check(content: string, settings: Partial<ReceptionSettings> = {}): string {
  const raw = Buffer.from(content, 'latin1');
  const checked = checkContent(raw, { ...DEFAULT_RECEPTION_SETTINGS, ...settings });
  if ('code' in checked) return `${checked.code} ${checked.text}`;
  return checked.raw.toString('latin1');
}

const HEADERS = 'Date: now\r\nSubject: s\r\n';

test.each<[string, string, Partial<ReceptionSettings>?]>([
  ['550 5.6.0 Required headers not found (see RFC2822 section 3.6)', ''],
  ['550 5.6.0 Required headers not found (see RFC2822 section 3.6)', '\r\nbody\r\n'],
  ['550 5.6.0 Required headers not found (see RFC2822 section 3.6)', 'only text\r\n\r\nbody\r\n'],
  ['550 5.6.0 Invalid header found (see RFC2822 section 3.6)', `${HEADERS}no header\r\n\r\nbody`],
  ['550 5.6.0 Invalid header found (see RFC2822 section 3.6)', `no header\r\n${HEADERS}\r\nbody`],
  ['550 5.6.0 Header not terminated by CR LF (see RFC2822 section 2.2)', 'Subject: s'],
  ['550 5.6.0 Lone CR or LF in headers (see RFC2822 section 2.2)', 'Date: d\nSubject: s\r\n\r\nbody'],
  ['550 5.6.0 Lone CR or LF in headers (see RFC2822 section 2.2)', 'Date: d\rSubject: s\r\n\r\nbody'],
  ['550 5.6.0 Lone CR or LF in headers (see RFC2822 section 2.2)', `${HEADERS}\nbody`],
  [
    '550 5.6.0 Lone CR or LF in body (see RFC2822 section 2.3)',
    `${HEADERS}\r\na\nb\r\n`,
    { loneLfInBody: 'pedantic' },
  ],
  [
    '550 5.6.0 Lone CR or LF in body (see RFC2822 section 2.3)',
    `${HEADERS}\r\na\rb\r\n`,
    { loneLfInBody: 'pedantic' },
  ],
  [
    '550 5.6.0 Header line too long (see RFC2822 section 3.5)',
    `Date: d\r\nX: ${'x'.repeat(996)}\r\n\r\n`,
    { maxLineLength: 'pedantic' },
  ],
  [
    '550 5.6.0 Body line too long (see RFC2822 section 3.5)',
    `${HEADERS}\r\n${'x'.repeat(999)}\r\n`,
    { maxLineLength: 'pedantic' },
  ],
  [
    '550 5.6.0 Body line too long (see RFC2822 section 3.5)',
    `${HEADERS}\r\n${'x'.repeat(51)}\r\n`,
    { maxLineLength: 50, maxLineLengthPolicy: 'reject' },
  ],
  [
    '550 5.6.0 Missing required RFC2822 Date field (see RFC2822 section 3.6)',
    'Subject: s\r\n\r\nbody',
    { dateHeader: 'pedantic' },
  ],
])('%s', (reply, content, settings = {}) => {
  expect(check(content, settings)).toBe(reply);
});

test.each<[string, string, Partial<ReceptionSettings>?]>([
  ['headers and body', `${HEADERS}\r\nbody\r\n`],
  ['a folded header', 'Date: d\r\nSubject: a\r\n b\r\n\tc\r\n\r\n'],
  ['headers without a body', HEADERS],
  ['lone line ends in the body', `${HEADERS}\r\na\nb\rc`],
  ['long lines', `X: ${'x'.repeat(2000)}\r\n\r\n${'y'.repeat(5000)}`],
  ['a line of the greatest length', `${HEADERS}\r\n${'x'.repeat(998)}\r\n`, { maxLineLength: 'pedantic' }],
  ['a length without a policy', `${HEADERS}\r\n${'x'.repeat(60)}\r\n`, { maxLineLength: 50 }],
  ['no headers, where they are allowed to be missing', '\r\nbody\r\n', { missingHeaders: 'allow' }],
])('%s is left as it is', (_name, content, settings = {}) => {
  expect(check(content, settings)).toBe(content);
});

test.each<[string, string, string, Partial<ReceptionSettings>]>([
  [
    'a message without headers gets the empty line',
    'only text\r\n',
    '\r\nonly text\r\n',
    { missingHeaders: 'allow' },
  ],
  [
    'lone line ends in headers',
    'Date: d\nSubject: s\r\n\nbody\n',
    'Date: d\r\nSubject: s\r\n\r\nbody\n',
    { loneLfInHeaders: 'fix' },
  ],
  [
    'lone line ends in the body',
    `${HEADERS}\r\na\nb\rc\r\n`,
    `${HEADERS}\r\na\r\nb\r\nc\r\n`,
    { loneLfInBody: 'fix' },
  ],
  [
    'long lines of the body',
    `${HEADERS}\r\n${'x'.repeat(1000)}\r\ny\n`,
    `${HEADERS}\r\n${'x'.repeat(998)}\r\nxx\r\ny\n`,
    { maxLineLength: 'fix' },
  ],
  [
    'lines beyond a length',
    `${HEADERS}\r\n${'x'.repeat(7)}`,
    `${HEADERS}\r\nxxx\r\nxxx\r\nx`,
    { maxLineLength: 3, maxLineLengthPolicy: 'fix' },
  ],
])('mended: %s', (_name, content, mended, settings) => {
  expect(check(content, settings)).toBe(mended);
});

test('what is left as it is is the same buffer', () => {
  const raw = Buffer.from(`${HEADERS}\r\nbody\r\n`);
  const checked = checkContent(raw, DEFAULT_RECEPTION_SETTINGS);
  expect(checked).toEqual({ raw, isDateMissing: false });
  expect('raw' in checked && checked.raw).toBe(raw);
});
