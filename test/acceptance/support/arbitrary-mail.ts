/** Random messages, as the bytes that a hostile or careless sender makes. Byte strings. */
import fc from 'fast-check';

/** One header: its lines, with their line ends. */
export interface RandomHeader {
  readonly name: string;
  readonly lines: string;
}

export interface RandomMail {
  readonly headers: readonly RandomHeader[];
  /** Undefined: the message ends with its headers, without an empty line. */
  readonly body: string | undefined;
}

export const rawOf = ({ headers, body }: RandomMail): string =>
  `${headers.map(({ lines }) => lines).join('')}${body === undefined ? '' : `\r\n${body}`}`;

const anyByte = fc.nat({ max: 255 }).map((code) => String.fromCharCode(code));
const byteOfLine = anyByte.filter((byte) => byte !== '\r' && byte !== '\n');

const oneOf = (pieces: readonly string[], other: fc.Arbitrary<string>, maxLength: number) =>
  fc.array(fc.oneof(fc.constantFrom(...pieces), other), { maxLength }).map((parts) => parts.join(''));

/** Folds of all kinds, blanks, encoded words that are none, bytes that are no UTF-8. */
const value = oneOf(
  [
    '\r\n ',
    '\r\n\t',
    '\r\n \t \r\n ',
    '  ',
    '=?utf-8?Q?=C3=A9?=',
    '=?utf-8?B?!!?=',
    '=?x?Q?=FF',
    '"',
    '(',
    '<a@b.example>,',
    'a, b: c;',
    '\xe9\xff\0',
    'x'.repeat(300),
  ],
  byteOfLine,
  12,
);

export const NAMES = ['Subject', 'SUBJECT', 'X-A', 'x-a', 'From', 'To', 'Received', 'MIME-Version'] as const;

const header = fc
  .record({
    name: fc.oneof(
      fc.constantFrom(...NAMES, 'Date', 'Message-Id', 'Return-Path', 'return-path', 'Content-Type'),
      fc.stringMatching(/^[!-9;-~]{1,12}$/),
    ),
    colon: fc.constantFrom(':', ': ', ':  ', ':\t', ' : ', '\t:'),
    value,
  })
  .map(({ name, colon, value: text }): RandomHeader => ({ name, lines: `${name}${colon}${text}\r\n` }));

/** Lines with dots, line ends that are none, bytes of all kinds. */
const garbage = oneOf(
  [
    '.',
    '..',
    '\r\n',
    '\r\n.\r\n',
    '\r\n..\r\n',
    '\r\n.',
    '\n',
    '\r',
    '\n.\n',
    '\n.\r\n',
    '\r.\r',
    '\r\n.\n',
    '\r\r\n',
    '\r\n\r\n',
    'From me\r\n',
    'x'.repeat(1200),
    '\xc3',
    '\0',
  ],
  anyByte,
  30,
);

const line = oneOf(['.', '-', '--', ' ', '\t', '\xc3\xa9', '\xff', '=', '=3D', 'QUJD'], fc.constant('a'), 8);
const lines = fc.array(line, { maxLength: 4 }).map((all) => all.join('\r\n'));

/** A leaf of a MIME tree. */
export interface RandomLeaf {
  readonly head: string;
  readonly body: string;
  readonly isText: boolean;
}

const leaf = fc.record({
  type: fc.constantFrom(
    '',
    'Content-Type: text/plain\r\n',
    'Content-type:text/html;\r\n\tcharset="utf-8"\r\n',
    'Content-Type: text/plain; charset=iso-8859-15\r\n',
    'Content-Type: image/png; name="a.png"\r\n',
    'Content-Type: message/rfc822\r\n',
  ),
  encoding: fc.constantFrom(
    '',
    'Content-Transfer-Encoding: 8bit\r\n',
    'Content-Transfer-Encoding: quoted-printable\r\n',
    'Content-Transfer-Encoding: base64\r\n',
  ),
  more: fc.constantFrom(
    '',
    'X-Odd:  folded\r\n\t so \r\n',
    'Content-Disposition: attachment; filename=x\r\n',
  ),
  body: lines,
});

export interface RandomTree {
  readonly mail: RandomMail;
  /** The leaves in the order of the message, with their place in its bytes. */
  readonly leaves: readonly (RandomLeaf & { readonly start: number; readonly end: number })[];
}

type Node = { readonly leaf: RandomLeaf } | Container;
interface Container {
  readonly subtype: string;
  readonly preamble: string;
  readonly epilogue: string;
  readonly children: readonly Node[];
}

const { container } = fc.letrec<{ node: Node; container: Container }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf.map(({ type, encoding, more, body }) => ({
      leaf: { head: `${type}${encoding}${more}`, body, isText: !/image|message/.test(type) },
    })),
    tie('container'),
  ),
  container: fc.record({
    subtype: fc.constantFrom('mixed', 'alternative', 'related; x=y'),
    preamble: lines,
    epilogue: lines,
    children: fc.array(tie('node'), { minLength: 1, maxLength: 4 }),
  }),
}));

/** Messages that are well-formed MIME, with boundaries that are prefixes of others. */
export const tree: fc.Arbitrary<RandomTree> = container.map((top) => {
  const leaves: (RandomLeaf & { start: number; end: number })[] = [];
  let boundaries = 0;
  let text = '';
  const render = (one: Node): void => {
    if ('leaf' in one) {
      const start = text.length;
      text += `${one.leaf.head}\r\n${one.leaf.body}`;
      leaves.push({ ...one.leaf, start, end: text.length });
      return;
    }
    // A prefix of all boundaries within it.
    const boundary = `b${'='.repeat(boundaries++)}`;
    text += `Content-Type: multipart/${one.subtype}; boundary="${boundary}"\r\n\r\n`;
    if (one.preamble !== '') text += `${one.preamble}\r\n`;
    for (const child of one.children) {
      text += `--${boundary}\r\n`;
      render(child);
      text += '\r\n';
    }
    text += `--${boundary}--\r\n${one.epilogue}`;
  };
  render(top);
  const end = text.indexOf('\r\n\r\n') + 2;
  const mail = { headers: [{ name: 'Content-Type', lines: text.slice(0, end) }], body: text.slice(end + 2) };
  return { mail, leaves };
});

/** Any message whose headers are headers. */
export const mail: fc.Arbitrary<RandomMail> = fc
  .record({
    headers: fc.array(header, { minLength: 1, maxLength: 8 }),
    body: fc.oneof(
      fc.constantFrom(undefined, '', '.', '\r\n', '.\r\n', '\n'),
      { weight: 4, arbitrary: garbage },
      lines,
    ),
    mime: fc.option(tree, { freq: 2 }),
  })
  .map(({ headers, body, mime }) =>
    mime ? { headers: [...headers, ...mime.mail.headers], body: mime.mail.body } : { headers, body },
  );
