/** Changes of a tree of parts, and what the message is afterwards. */
import { MessageContent } from '../../src/mail/content';
import { HeaderError } from '../../src/mail/header-error';
import { makeContainer, makePart } from '../../src/mail/make-part';
import { MimeError } from '../../src/mail/mime-error';
import type { MimePart } from '../../src/mail/part';
import { contentOf, contentOfText, rawOf, shapeOf, threadOf } from './mime-support';

const HEAD = 'Subject:  odd   blanks \r\nContent-Type: multipart/mixed;\r\n\tboundary=b\r\n\r\n';
const ONE = '--b \r\n\r\none';
const TWO = '\r\n--b\r\nContent-Type: text/html\r\n\r\ntwo\r\n';
const END = '\r\n--b--  \r\nepilogue\r\n';
const MESSAGE = HEAD + ONE + TWO + END;

const message = (preamble = '') => contentOfText(HEAD + preamble + ONE + TWO + END);
const part = (text: string) => makePart('text/plain', Buffer.from(text));
const NEW = 'Content-Type: text/plain\r\n\r\nnew';

type Change = (top: MimePart) => unknown;

const CHANGES: [title: string, change: Change, expected: string][] = [
  ['a body', (top) => (top.first!.body = Buffer.from('1')), `${HEAD}--b \r\n\r\n1${TWO}${END}`],
  ['a body of nothing', (top) => (top.first!.body = Buffer.alloc(0)), `${HEAD}--b \r\n\r\n${TWO}${END}`],
  [
    'a header of a part',
    (top) => top.parts[1]!.headers.set('X-A', ['1']),
    `${HEAD}${ONE}\r\n--b\r\nContent-Type: text/html\r\nX-A: 1\r\n\r\ntwo\r\n${END}`,
  ],
  [
    'a header of a part without one',
    (top) => top.first!.headers.set('X-A', ['1']),
    `${HEAD}--b \r\nX-A: 1\r\n\r\none${TWO}${END}`,
  ],
  ['a header of the message', (top) => top.headers.remove('Subject'), MESSAGE.replace(/.*\r\n/, '')],
  ['the first part goes', (top) => top.first!.unlink(), HEAD + '--b \r\n' + TWO.slice(7) + END],
  ['the last part goes', (top) => top.parts[1]!.unlink(), HEAD + ONE + END],
  ['all parts go', (top) => top.parts.forEach((child) => child.unlink()), HEAD + END],
  [
    'a part in front',
    (top) => top.addFirstChild(part('new')),
    `${HEAD}--b \r\n${NEW}\r\n--b\r\n\r\none${TWO}${END}`,
  ],
  ['a part at the end', (top) => top.addLastChild(part('new')), `${HEAD}${ONE}${TWO}\r\n--b\r\n${NEW}${END}`],
  [
    'a part between',
    (top) => part('new').insertBefore(top.parts[1]!),
    `${HEAD}${ONE}\r\n--b\r\n${NEW}${TWO}${END}`,
  ],
  [
    'a part behind',
    (top) => part('new').insertAfter(top.first!),
    `${HEAD}${ONE}\r\n--b\r\n${NEW}${TWO}${END}`,
  ],
  [
    'a part behind the last',
    (top) => part('new').insertAfter(top.parts[1]!),
    `${HEAD}${ONE}${TWO}\r\n--b\r\n${NEW}${END}`,
  ],
  [
    'parts change places',
    (top) => {
      const [first] = top.parts;
      first!.unlink();
      top.addLastChild(first!);
    },
    `${HEAD}--b \r\n${TWO.slice(7)}\r\n--b\r\n\r\none${END}`,
  ],
  [
    'a container in a container',
    (top) => {
      const container = makeContainer('multipart/related', 'c');
      container.addLastChild(part('in'));
      top.addLastChild(container);
    },
    `${HEAD}${ONE}${TWO}\r\n--b\r\nContent-Type: multipart/related; boundary=c\r\n\r\n--c\r\nContent-Type: text/plain\r\n\r\nin\r\n--c--${END}`,
  ],
  [
    'the raw bytes of a part',
    (top) => (top.first!.raw = Buffer.from('A: b\r\n\r\nx')),
    `${HEAD}--b \r\nA: b\r\n\r\nx${TWO}${END}`,
  ],
  ['a text', (top) => (top.first!.text = 'text'), `${HEAD}--b \r\n\r\ntext${TWO}${END}`],
];

describe('a change leaves all other bytes', () => {
  test.each(CHANGES)('%s', (_title, change, expected) => {
    const content = message();
    change(content.mime(false));
    expect(rawOf(content)).toBe(expected);
    expect(content.size).toBe(expected.length);
    expect(shapeOf(contentOfText(expected).mime())).toEqual(shapeOf(content.mime()));
  });

  test.each(CHANGES)('%s, behind a preamble', (_title, change, expected) => {
    const content = message('preamble\r\n');
    change(content.mime(false));
    const body = expected.indexOf('\r\n\r\n') + 4;
    const withPreamble = `${expected.slice(0, body)}preamble\r\n${expected.slice(body)}`;
    // The last boundary takes the line break of the preamble when nothing else is between them.
    expect(rawOf(content)).toBe(withPreamble.replace('preamble\r\n\r\n--b--', 'preamble\r\n--b--'));
  });
});

describe('broken messages', () => {
  test.each<[string, string, Change, string]>([
    [
      'a part without a last boundary gets one with a new part',
      `${HEAD}${ONE}`,
      (top) => top.addLastChild(part('new')),
      `${HEAD}${ONE}\r\n--b\r\n${NEW}\r\n--b--\r\n`,
    ],
    [
      'a multipart without parts gets one behind its preamble',
      `${HEAD}preamble`,
      (top) => top.addLastChild(part('new')),
      `${HEAD}preamble\r\n--b\r\n${NEW}\r\n--b--\r\n`,
    ],
    [
      'a multipart of headers gets a part',
      'Content-Type: multipart/mixed; boundary=b',
      (top) => top.addLastChild(part('new')),
      `Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n${NEW}\r\n--b--\r\n`,
    ],
    [
      'a part of headers gets a body',
      `${HEAD}--b\r\nA: b\r\n--b--`,
      (top) => (top.first!.body = Buffer.from('x')),
      `${HEAD}--b\r\nA: b\r\n\r\nx\r\n--b--`,
    ],
    [
      'an empty part gets a body',
      `${HEAD}--b\r\n--b--`,
      (top) => (top.first!.body = Buffer.from('x')),
      `${HEAD}--b\r\n\r\nx\r\n--b--`,
    ],
    [
      'an empty part goes',
      `${HEAD}--b\r\n\r\nx\r\n--b\r\n--b--`,
      (top) => top.parts[1]!.unlink(),
      `${HEAD}--b\r\n\r\nx\r\n--b--`,
    ],
    [
      'a message that is all body gets a header',
      'no header',
      (top) => top.headers.set('A', ['b']),
      'A: b\r\n\r\nno header',
    ],
    [
      'an inner multipart without a last boundary keeps the outer ones',
      `${HEAD}--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n--b--`,
      (top) => (top.first!.first!.body = Buffer.from('x')),
      `${HEAD}--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\nx\r\n--b--`,
    ],
  ])('%s', (_title, before, change, expected) => {
    const content = contentOfText(before);
    change(content.mime(false));
    expect(rawOf(content)).toBe(expected);
  });
});

describe('one tree', () => {
  test('both views and the content see all changes', () => {
    const content = message();
    const [reading, writing] = [content.mime(true), content.mime(false)];
    const { revision } = content;
    writing.first!.text = 'changed';
    writing.headers.set('Subject', ['new']);
    expect(reading.first!.text).toBe('changed');
    expect(content.headers.get('Subject')).toEqual(['new']);
    content.headers.set('Subject', ['newer']);
    expect([reading, writing].map((top) => top.headers.get('Subject'))).toEqual([['newer'], ['newer']]);
    expect(content.revision).toBeGreaterThan(revision);
    expect(rawOf(content)).toContain('Subject: newer\r\n\r\n--b \r\n\r\nchanged\r\n--b');
    expect(content.body.toString('latin1')).toMatch(/^--b \r\n/);
    expect(content.bodyOffset).toBe(rawOf(content).indexOf('--b'));
  });

  test('offsets follow the changes', () => {
    const content = message();
    const top = content.mime(false);
    const last = top.parts[1]!;
    top.first!.body = Buffer.from('a longer body');
    content.headers.set('X-Long', ['header']);
    expect(last.bodyStart).toBe(rawOf(content).indexOf('two'));
    expect(last.bodyEnd).toBe(rawOf(content).indexOf('\r\n--b-- '));
  });

  test('a copy has a tree of its own', () => {
    const content = message();
    content.mime(false).first!.text = 'changed';
    const copy = content.copy();
    copy.mime(false).first!.text = 'of the copy';
    expect(content.mime().first!.text).toBe('changed');
    expect(copy.mime().first!.text).toBe('of the copy');
  });

  test.each<[string, (content: MessageContent) => void]>([
    ['raw', (content) => (content.raw = Buffer.from('A: b\r\n\r\nother'))],
    ['body', (content) => (content.body = Buffer.from('other'))],
    ['other parts', (content) => content.setMime(part('other'))],
  ])('parts of a content that has been replaced are of no use: %s', (_title, replace) => {
    const content = message();
    const top = content.mime(false);
    const [child] = top.parts;
    replace(content);
    for (const old of [top, child!]) {
      expect(() => old.text).toThrow(MimeError);
      expect(() => old.thread).toThrow('of no use any more');
      expect(() => old.headers.all()).toThrow(MimeError);
      expect(() => (old.body = Buffer.alloc(0))).toThrow(MimeError);
    }
    expect(threadOf(content.mime())).not.toContain(top);
  });

  test('the parts of a container go with its body, the container stays', () => {
    const content = message();
    const top = content.mime(false);
    const [child] = top.parts;
    top.body = Buffer.from('--b\r\n\r\nother\r\n--b--\r\n');
    expect(shapeOf(top)).toEqual(['multipart/mixed', 'text/plain: other']);
    expect(() => child!.text).toThrow('the part around it has got other content');
    expect(rawOf(content)).toBe(`${HEAD}--b\r\n\r\nother\r\n--b--\r\n`);
  });

  test('another boundary in a header is found when the tree is asked for again', () => {
    const content = message();
    const top = content.mime(false);
    content.headers.set('Content-Type', ['text/plain']);
    expect(top.parts).toHaveLength(2);
    expect(shapeOf(content.mime())).toBe(`text/plain: ${ONE}${TWO}${END}`);
    expect(() => top.parts).toThrow('its Content-Type has been changed');
  });

  test('another type of the same structure keeps the tree', () => {
    const content = message();
    const top = content.mime(false);
    top.first!.headers.set('Content-Type', ['text/html']);
    expect(content.mime(false)).toBe(top);
    expect(top.first!.subtype).toBe('html');
  });
});

describe('what cannot be done', () => {
  test('changes of a read-only tree', () => {
    const content = message();
    const top = content.mime();
    const changes: (() => unknown)[] = [
      () => (top.first!.body = Buffer.alloc(0)),
      () => (top.first!.text = ''),
      () => (top.first!.raw = Buffer.alloc(0)),
      () => top.first!.setText(''),
      () => top.first!.headers.set('A', ['b']),
      () => top.headers.remove('Subject'),
      () => top.first!.unlink(),
      () => top.addFirstChild(part('x')),
      () => top.addLastChild(part('x')),
      () => part('x').insertAfter(top.first!),
      () => part('x').insertBefore(top.first!),
    ];
    for (const change of changes) expect(change).toThrow('read-only');
    expect(rawOf(content)).toBe(MESSAGE);
  });

  test('additions to what is no multipart answer false', () => {
    const leaf = message().mime(false).first!;
    expect([leaf.addFirstChild(part('x')), leaf.addLastChild(part('x'))]).toEqual([false, false]);
    const embedding = contentOf('Content-Type: message/rfc822', '', 'A: b', '', 'x').mime(false);
    expect(embedding.addLastChild(part('x'))).toBe(false);
    expect(part('x').insertAfter(embedding)).toBe(false);
    expect(part('x').insertBefore(embedding.first!)).toBe(false);
  });

  test.each<[string, (top: MimePart, other: MimePart) => unknown, string]>([
    ['a part of the same tree', (top) => top.addLastChild(top.first!), 'in this tree already'],
    ['the container itself', (top) => top.addLastChild(top), 'in this tree already'],
    ['a part of another tree', (top, other) => top.addLastChild(other.first!), 'in another tree'],
    ['another message', (top, other) => top.addLastChild(other), 'top part of a message'],
    ['the top goes', (top) => top.unlink(), 'cannot be unlinked'],
    ['text in an image', (top) => (imageIn(top).text = 'x'), 'no text'],
    ['the boundary in a body', (top) => (top.first!.body = Buffer.from('x\r\n--b\r\n')), 'boundary'],
    ['the boundary in a text', (top) => (top.first!.text = '--b--'), 'boundary'],
    ['the boundary in a new part', (top) => top.addLastChild(part('--b')), 'boundary'],
    ['offsets in a message', (top) => (top.first!.bodyStart = 1), 'in no message'],
  ])('%s', (_title, change, problem) => {
    const content = message();
    expect(() => change(content.mime(false), message().mime(false))).toThrow(problem);
    expect(rawOf(content)).toContain('two');
  });

  function imageIn(top: MimePart): MimePart {
    const image = makePart('image/png', Buffer.from('iVBO'), 'base64');
    top.addLastChild(image);
    return image;
  }

  test('the type of a part and a boundary are checked', () => {
    expect(() => makePart('text/plain\r\nA: b')).toThrow(HeaderError);
    expect(() => makeContainer('text/plain', 'b')).toThrow(MimeError);
    expect(() => makeContainer('multipart/mixed; boundary=b', 'b')).toThrow(MimeError);
    for (const boundary of ['', 'b ', 'ä', 'a\r\nb', 'x'.repeat(71)])
      expect(() => makeContainer('multipart/mixed', boundary)).toThrow('cannot be a boundary');
  });
});

describe('parts in no message', () => {
  test.each([
    ['7bit', 'Content-Type: text/plain; charset=utf-8\r\n\r\nQQ=='],
    ['base64', 'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nQQ=='],
  ] as const)('%s', (encoding, raw) => {
    const made = makePart('text/plain; charset=utf-8', Buffer.from('QQ=='), encoding);
    expect(made.raw.toString('latin1')).toBe(raw);
    expect(made).toMatchObject({ isReadOnly: false, isLinked: false, parent: undefined, encoding });
    expect(made.text).toBe(encoding === 'base64' ? 'A' : 'QQ==');
  });

  test('the body is chosen from what the part was made with', () => {
    const made = part('0123456789');
    expect([made.bodyStart, made.bodyEnd]).toEqual([0, 10]);
    made.bodyStart = 2;
    made.bodyEnd = 5;
    expect(made.text).toBe('234');
    made.bodyEnd = 10;
    expect(made.text).toBe('23456789');
    for (const end of [11, -1, 1.5, NaN]) expect(() => (made.bodyEnd = end)).toThrow(MimeError);
    made.text = 'other';
    expect([made.bodyStart, made.bodyEnd]).toEqual([0, 5]);
  });

  test('a part that was unlinked can go elsewhere', () => {
    const [content, other] = [message(), message()];
    const moved = content.mime(false).parts[1]!;
    moved.unlink();
    expect(moved).toMatchObject({ parent: undefined, next: undefined, isLinked: false });
    other.mime(false).addFirstChild(moved);
    expect(moved.isLinked).toBe(true);
    expect(shapeOf(other.mime())).toEqual([
      'multipart/mixed',
      'text/html: two\r\n',
      'text/plain: one',
      'text/html: two\r\n',
    ]);
  });

  test('unlinking what is in nothing does nothing', () => {
    const made = part('x');
    made.unlink();
    expect(made.text).toBe('x');
  });

  test('a container becomes the content of a message', () => {
    const content = new MessageContent(Buffer.alloc(0));
    const top = makeContainer('multipart/mixed', 'b');
    top.addLastChild(part('one'));
    content.setMime(top);
    content.headers.set('Subject', ['made'], 'prepend');
    top.addLastChild(part('two'));
    expect(rawOf(content)).toBe(
      'Subject: made\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\none' +
        '\r\n--b\r\nContent-Type: text/plain\r\n\r\ntwo\r\n--b--\r\n',
    );
    expect(content.mime(false)).toBe(top);
    expect(() => message().setMime(top)).toThrow('unlink it first');
  });

  test('a message in a part', () => {
    const made = makePart('message/rfc822', Buffer.from('A: b\r\n\r\nx'));
    expect(shapeOf(made)).toEqual(['message/rfc822', 'text/plain: x']);
    made.first!.unlink();
    expect(shapeOf(made)).toBe('message/rfc822: ');
  });
});

describe('boundaries', () => {
  test('are the same for the same content, and never the same twice', () => {
    const [a, b] = [message(), message()];
    const boundaries = Array.from({ length: 50 }, () => a.makeBoundary());
    expect(Array.from({ length: 50 }, () => b.makeBoundary())).toEqual(boundaries);
    expect(new Set(boundaries).size).toBe(50);
    expect(contentOf('A: b', '', 'x').makeBoundary()).not.toBe(boundaries[0]);
  });

  test('differ from those of the message and of other parts', () => {
    const [expected] = [message().makeBoundary()];
    const clashing = message();
    const made = makeContainer('multipart/mixed', `${expected}x`);
    expect(clashing.makeBoundary(made)).not.toBe(expected);
    const inText = part(`--${expected}`);
    expect(message().makeBoundary(inText)).not.toBe(expected);
  });
});
