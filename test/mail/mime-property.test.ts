/** MIME trees of random messages, well-formed and not. */
import fc from 'fast-check';
import { makeContainer, makePart } from '../../src/mail/make-part';
import { MimeError } from '../../src/mail/mime-error';
import type { MimePart } from '../../src/mail/part';
import { decodeQuotedPrintable, encodeQuotedPrintable } from '../../src/mail/quoted-printable';
import { decodeTransfer, encodeTransfer, isSevenBit } from '../../src/mail/transfer-encoding';
import { contentOfText, rawOf, shapeOf, threadOf, utf8 } from './mime-support';

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));

/** What breaks parsers, in any order. */
const garbage = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '\r\n',
        '\r\n',
        '\n',
        '\r',
        '--',
        '--b',
        '--b--',
        '--c',
        '--c--',
        '\r\n--b\r\n',
        '\r\n--c\r\n',
        '\r\n--b--\r\n',
        'Content-Type: multipart/mixed; boundary=b\r\n',
        'Content-Type: multipart/digest; boundary=c\r\n',
        'Content-Type: message/rfc822\r\n',
        'Content-Type: text/html; charset=nonsense\r\n',
        'Content-Type: image/png; name="\r\n',
        'Content-Transfer-Encoding: base64\r\n',
        'Content-Transfer-Encoding: quoted-printable\r\n',
        "Content-Disposition: attachment; filename*0*=x''%",
        ' folded\r\n',
        'A: b\r\n',
        '=\r\n',
        '=Z',
        'QQ==',
        '\0',
        '\xff',
      ),
      fc.string({ maxLength: 5 }),
    ),
    { maxLength: 40 },
  )
  .map((pieces) => Buffer.from(pieces.join(''), 'latin1').toString('latin1'));

interface TextPart {
  readonly kind: 'text';
  readonly header: string;
  readonly body: string;
}

interface Multipart {
  readonly kind: 'multipart';
  readonly preamble: string;
  readonly epilogue: string;
  readonly parts: readonly Part[];
}

type Part = TextPart | Multipart;

const line = fc.string({ unit: fc.constantFrom('a', ' ', '-', '\t', 'é', ':'), maxLength: 8 }).map(utf8);
const lines = fc.array(line, { maxLength: 3 }).map((all) => all.join('\r\n'));

const { part } = fc.letrec<{ part: Part; text: TextPart; multipart: Multipart }>((tie) => ({
  part: fc.oneof({ depthSize: 'small' }, tie('text'), tie('multipart')),
  text: fc.record({
    kind: fc.constant('text' as const),
    header: fc.constantFrom('', 'X-A:  b \r\n', 'Content-Type: text/html\r\n', 'A: b\r\n c\r\n'),
    body: lines,
  }),
  multipart: fc.record({
    kind: fc.constant('multipart' as const),
    preamble: lines,
    epilogue: lines,
    parts: fc.array(tie('part'), { minLength: 1, maxLength: 3 }),
  }),
}));

let boundaries = 0;

function render(node: Part): string {
  if (node.kind === 'text') return `${node.header}\r\n${node.body}`;
  const boundary = `=_${boundaries++}_=`;
  const parts = node.parts.map((child) => `--${boundary}\r\n${render(child)}\r\n`).join('');
  const preamble = node.preamble && `${node.preamble}\r\n`;
  return `Content-Type: multipart/mixed; boundary="${boundary}"\r\n\r\n${preamble}${parts}--${boundary}--\r\n${node.epilogue}`;
}

const message = part.map((node) => `Subject: random\r\n${render(node)}`);

/** Changes that any part takes, and that say what the other parts are afterwards. */
const change = fc.record({
  at: fc.nat(),
  kind: fc.constantFrom('unlink', 'body', 'text', 'header', 'first', 'last', 'before', 'after', 'container'),
  text: lines,
});

type Change = typeof change extends fc.Arbitrary<infer C> ? C : never;

function apply(top: MimePart, { at, kind, text }: Change): void {
  const all = threadOf(top);
  const target = all[at % all.length]!;
  const fresh = () => makePart('text/plain; charset=utf-8', Buffer.from(text, 'latin1'));
  const changes: Record<string, () => unknown> = {
    unlink: () => target.parent && target.unlink(),
    body: () => (target.body = Buffer.from(text, 'latin1')),
    text: () => target.isText && (target.text = text),
    header: () => target.headers.set('X-New', ['value'], 'prepend'),
    first: () => target.addFirstChild(fresh()),
    last: () => target.addLastChild(fresh()),
    before: () => fresh().insertBefore(target),
    after: () => fresh().insertAfter(target),
    container: () => {
      const container = makeContainer('multipart/related', `new_${boundaries++}`);
      container.addLastChild(fresh());
      target.addLastChild(container);
    },
  };
  changes[kind]!();
}

describe('reading', () => {
  test('never fails, and changes nothing', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          garbage,
          garbage.map((text) => `Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n${text}`),
          bytes.map((b) => b.toString('latin1')),
        ),
        (text) => {
          const content = contentOfText(text);
          for (const one of threadOf(content.mime())) {
            const { headersStart, preambleStart, bodyStart, bodyEnd, epilogueEnd } = one;
            const offsets = [0, headersStart, preambleStart, bodyStart, bodyEnd, epilogueEnd, text.length];
            expect(offsets).toEqual([...offsets].sort((a, b) => a - b));
            expect(one.raw.toString('latin1')).toBe(text.slice(headersStart, epilogueEnd));
            expect([typeof one.text, typeof one.contentType().mimetype, one.decoded.length >= 0]).toEqual([
              one.isText && one.body.length > 0 ? 'string' : 'undefined',
              'string',
              true,
            ]);
          }
          expect([0, 1, 2]).toContain(content.invalidMime);
          expect(content.text().every((one) => typeof one === 'string')).toBe(true);
          expect(rawOf(content)).toBe(text);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('finds the parts of a well-formed message', () => {
    const shapeOfNode = (node: Part): unknown =>
      node.kind === 'text'
        ? `${node.header.includes('html') ? 'text/html' : 'text/plain'}: ${node.body}`
        : ['multipart/mixed', ...node.parts.map(shapeOfNode)];
    fc.assert(
      fc.property(part, (node) => {
        const content = contentOfText(`Subject: random\r\n${render(node)}`);
        expect(content.invalidMime).toBe(0);
        expect(shapeOf(content.mime())).toEqual(shapeOfNode(node));
      }),
    );
  });
});

describe('changing', () => {
  const changes = fc.array(change, { minLength: 1, maxLength: 6 });

  test.each([
    ['a well-formed message', message],
    ['garbage', garbage.map((text) => `Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n${text}`)],
  ])('of %s: reading it again gives the same tree', (_title, messages) => {
    fc.assert(
      fc.property(messages, changes, (text, all) => {
        const content = contentOfText(text);
        for (const one of all) tryTo(() => apply(content.mime(false), one));
        expect(content.size).toBe(content.raw.length);
        expect(shapeOf(contentOfText(rawOf(content)).mime())).toEqual(shapeOf(content.mime()));
      }),
      { numRuns: 1000 },
    );
  });

  test('keeps the bytes of every other part', () => {
    fc.assert(
      fc.property(message, change, (text, one) => {
        const content = contentOfText(text);
        const top = content.mime(false);
        const all = threadOf(top);
        const target = all[one.at % all.length]!;
        const concerned = new Set([target, ...threadOf(target), ...ancestors(target)]);
        const others = all.filter(
          (other) => !concerned.has(other) && !all.some((a) => a === target && isIn(other, a)),
        );
        const before = others.map((other) => other.raw.toString('latin1'));
        tryTo(() => apply(top, one));
        expect(others.map((other) => other.raw.toString('latin1'))).toEqual(before);
      }),
      { numRuns: 500 },
    );
  });

  test('and changing back gives the same bytes', () => {
    fc.assert(
      fc.property(message, fc.nat(), (text, at) => {
        const content = contentOfText(text);
        const all = threadOf(content.mime(false));
        const target = all[at % all.length]!;
        const { body } = target;
        target.body = Buffer.concat([body, Buffer.from('more')]);
        expect(rawOf(content)).not.toBe(text);
        target.body = body;
        expect(rawOf(content)).toBe(text);
      }),
    );
  });

  test('text is read as it was written', () => {
    const types = fc.constantFrom('', 'Content-Type: text/html; charset=utf-8\r\n');
    const encodings = fc.constantFrom('', '7bit', '8bit', 'quoted-printable', 'base64', 'nonsense');
    const texts = fc.string({ unit: 'binary' }).map((text) => utf8(text).replace(/(?<!\r)\n/g, '\r\n'));
    fc.assert(
      fc.property(types, encodings, texts, (type, encoding, text) => {
        const content = contentOfText(`${type}Content-Transfer-Encoding: ${encoding}\r\n\r\nbody`);
        content.mime(false).text = text;
        expect(content.text()).toEqual([text]);
        content.setText(text);
        expect(content.text()).toEqual([text]);
        expect(isSevenBit(content.body)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('transfer encodings', () => {
  test.each(['quoted-printable', 'base64', '8bit'])('%s gives the bytes back', (encoding) => {
    fc.assert(
      fc.property(bytes, (original) => {
        expect(decodeTransfer(encodeTransfer(original, encoding), encoding)).toEqual(original);
      }),
    );
  });

  test('encoded lines are short and ASCII', () => {
    fc.assert(
      fc.property(bytes, (original) => {
        for (const encoding of ['quoted-printable', 'base64']) {
          const encoded = encodeTransfer(original, encoding).toString('latin1');
          expect(encoded).toMatch(/^(?:[\t -~]{0,76}\r\n)*[\t -~]{0,76}$/);
        }
      }),
    );
  });

  test('decoding garbage never fails', () => {
    fc.assert(
      fc.property(garbage, (text) => {
        const original = Buffer.from(text, 'latin1');
        expect(decodeTransfer(original, 'base64').length).toBeLessThanOrEqual(original.length);
        expect(decodeQuotedPrintable(original).length).toBeLessThanOrEqual(original.length);
        const encoded = Buffer.from(encodeQuotedPrintable(original, { stuffsDots: false }), 'latin1');
        expect(decodeQuotedPrintable(encoded)).toEqual(original);
      }),
    );
  });
});

/** The content would have a boundary around it as a line: that change is refused. */
function tryTo(run: () => void): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof MimeError)) throw error;
  }
}

function ancestors(part: MimePart): MimePart[] {
  return part.parent ? [part.parent, ...ancestors(part.parent)] : [];
}

function isIn(part: MimePart, container: MimePart): boolean {
  return ancestors(part).includes(container);
}
