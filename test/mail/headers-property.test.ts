import fc from 'fast-check';
import { formatAddress, parseAddressList } from '../../src/mail/addresses';
import { MessageContent } from '../../src/mail/content';
import { fieldsOf } from '../../src/mail/header-block';
import { decodeHeader, encodeWords } from '../../src/mail/rfc2047';

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const byteString = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

/** Bytes among which line ends, colons and blanks are frequent. */
const wildBytes = fc
  .array(
    fc.oneof(
      {
        weight: 3,
        arbitrary: fc.constantFrom(
          '\r\n',
          '\n',
          '\r',
          ':',
          ' ',
          '\t',
          'A',
          'b',
          'A: ',
          '\r\n\r\n',
          '=?',
          '?=',
        ),
      },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 4 }).map(latin1) },
    ),
    { maxLength: 60 },
  )
  .map((pieces) => pieces.join(''));

const NAMES = ['A', 'a', 'Subject', 'X-Long-Name'] as const;
const headerName = fc.constantFrom(...NAMES);

/** One whole header: any bytes but line ends that would end it. */
const rawHeader = fc
  .tuple(headerName, fc.constantFrom(':', ': ', ':\t', ' : '), wildBytes, fc.constantFrom('\r\n', '\n'))
  .map(([name, colon, value, end]) => {
    const unfinished = value.replace(/\r?\n(?![ \t])/g, '').replace(/\r$/, '');
    return name + colon + unfinished + end;
  });
const rawHeaders = fc.array(rawHeader, { maxLength: 8 });

/** Words of all kinds, ASCII and others, long and short, with all kinds of blanks but tabs between them. */
const unicodeText = fc
  .string({
    unit: fc.oneof(
      fc.constantFrom(
        ' ',
        ' ',
        'a',
        'B',
        '=',
        '?',
        '_',
        ',',
        '(',
        ')',
        '<',
        '"',
        '\\',
        'ü',
        '日',
        '\u{1F600}',
        '\xa0',
      ),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }).filter((text) => !/[\0-\x1f\x7f]/.test(text)),
    ),
    maxLength: 250,
    size: 'max',
  })
  .filter((text) => !/[\0-\x1f\x7f]/.test(text));
/** What a header's value can be: blanks at its beginning belong to the colon, and an encoded word is decoded. */
const unicodeValue = unicodeText.filter((text) => !/^ |=\?/.test(text));

const message = (raw: string): MessageContent => new MessageContent(Buffer.from(raw, 'latin1'));
const linesOf = (content: MessageContent): string[] => {
  const { block } = content.headers;
  return fieldsOf(block).map(({ start, end }) => block.toString('latin1', start, end));
};
const isNamed =
  (name: string) =>
  (line: string): boolean =>
    line.toLowerCase().startsWith(name.toLowerCase()) && /^ ?:/.test(line.slice(name.length));

test('any bytes are read without an error, and stay', () => {
  fc.assert(
    fc.property(wildBytes, (raw) => {
      const content = message(raw);
      for (const { name, value } of content.headers.all()) {
        expect(content.headers.values(name)).toContain(value);
        content.headers.get(name);
        content.headers.addresses(name);
      }
      expect(latin1(content.headers.block) + raw.slice(content.headers.block.length)).toBe(raw);
      expect(latin1(content.body)).toBe(raw.slice(content.bodyOffset));
      expect(latin1(content.raw)).toBe(raw);
    }),
  );
});

test('what was read from any bytes can be edited: the other headers and the body keep their bytes', () => {
  fc.assert(
    fc.property(wildBytes, headerName, fc.constantFrom('replace', 'append', 'prepend'), (raw, name, mode) => {
      const content = message(raw);
      const body = latin1(content.body);
      const others = linesOf(content).filter((line) => !isNamed(name)(line));
      content.headers.set(name, ['value'], mode);
      const after = linesOf(content).filter((line) => !isNamed(name)(line));
      const whole = (lines: readonly string[]): string[] => lines.map((line) => line.replace(/\r?\n$/, ''));
      expect(whole(after)).toEqual(whole(others));
      expect(content.headers.get(name)).toContain('value');
      expect(latin1(content.body)).toBe(body);
      expect(latin1(content.raw.subarray(content.bodyOffset))).toBe(body);
    }),
  );
});

test('an edit changes the lines of its header and no other byte', () => {
  fc.assert(
    fc.property(rawHeaders, wildBytes, headerName, (headers, body, name) => {
      const kept = headers.filter((line) => !isNamed(name)(line)).join('');
      const all = headers.join('');
      const edited = (edit: (content: MessageContent) => void): string => {
        const content = message(`${all}\r\n${body}`);
        edit(content);
        return latin1(content.raw);
      };
      const rest = `\r\n${body}`;
      expect(edited((content) => content.headers.set(name, ['v']))).toBe(`${kept}${name}: v\r\n${rest}`);
      expect(edited((content) => content.headers.set(name, ['v'], 'append'))).toBe(
        `${all}${name}: v\r\n${rest}`,
      );
      expect(edited((content) => content.headers.set(name, ['v'], 'prepend'))).toBe(
        `${name}: v\r\n${all}${rest}`,
      );
      expect(edited((content) => content.headers.remove(name))).toBe(kept + rest);
    }),
  );
});

test('what is set is got, in lines that are short enough', () => {
  fc.assert(
    fc.property(unicodeValue, headerName, (text, name) => {
      const { headers } = message('');
      headers.set(name, [byteString(text)]);
      expect(headers.get(name)).toEqual([byteString(text)]);
      const block = latin1(headers.block);
      expect(block).toMatch(/^[\x20-\x7e\r\n]*$/);
      for (const line of block.split('\r\n')) {
        const words = line.trim().split(/ +/);
        if (line.length > 78) expect(/ {2}/.test(line) || words.some(({ length }) => length > 60)).toBe(true);
      }
      expect(fieldsOf(headers.block)).toHaveLength(1);
    }),
    { numRuns: 300 },
  );
});

test('encoded words decode to what was encoded', () => {
  fc.assert(
    fc.property(unicodeText, fc.integer({ min: 0, max: 80 }), (text, room) => {
      expect(decodeHeader(encodeWords(byteString(text), room))).toBe(byteString(text));
    }),
  );
});

const localpart = fc.oneof(
  fc.stringMatching(/^[a-z0-9!#$%&'*+/=?^_`{|}~-]{1,10}(\.[a-z0-9]{1,5})?$/),
  fc.stringMatching(/^"[a-z]?[ ,@<>;:]([ ,@<>;:a-z]|\\"){0,10}"$/),
);
const mailbox = fc.record({
  display: unicodeText.map((text) => byteString(text.replace(/[\0-\x1f\x7f]/g, ''))),
  address: fc
    .tuple(localpart, fc.stringMatching(/^[a-z0-9]{1,8}\.[a-z]{2,5}$/))
    .map((parts) => parts.join('@')),
});

test('a list of formatted addresses is read back', () => {
  fc.assert(
    fc.property(fc.array(mailbox, { maxLength: 5 }), (mailboxes) => {
      const { headers } = message('');
      headers.set('To', [mailboxes.map(formatAddress).join(', ')]);
      expect(headers.addresses('To').map(({ display, address }) => ({ display, address }))).toEqual(
        mailboxes,
      );
    }),
  );
});

test('a list with display names that are not ASCII is encoded and read back', () => {
  const name = unicodeText.map((text) => text.replace(/["\\]|=\?/g, ''));
  fc.assert(
    fc.property(fc.array(fc.tuple(name, mailbox), { minLength: 1, maxLength: 4 }), (list) => {
      const { headers } = message('');
      headers.set('Cc', [
        list.map(([display, { address }]) => `"${byteString(display)}" <${address}>`).join(', '),
      ]);
      const expected = list.map(([display, { address }]) => ({ display: byteString(display), address }));
      expect(headers.addresses('cc').map(({ display, address }) => ({ display, address }))).toEqual(expected);
      expect(latin1(headers.block)).toMatch(/^[\x20-\x7e\r\n]*$/);
    }),
  );
});

test('any bytes are read as an address list without an error', () => {
  const wildList = fc.array(fc.constantFrom(...Array.from('<>()[]":;,@.\\ ab\r\n=?\xfc')), { maxLength: 40 });
  fc.assert(
    fc.property(wildList, (characters) => {
      for (const { address, localpart: local, domain, user, detail } of parseAddressList(
        characters.join(''),
      )) {
        expect(address).toBe(`${local}@${domain}`);
        expect([user, `${user}+${detail}`]).toContain(local);
      }
    }),
    { numRuns: 1000 },
  );
});
