/** What parts a message has, well-formed or not. */
import { contentOf, contentOfText, rawOf, shape, shapeOf, threadOf, type Shape } from './mime-support';

const MIXED = 'Content-Type: multipart/mixed; boundary=b';

/** The sample of 3/3-api/structs-ec-message-part. */
const SAMPLE = contentOf(
  'Mime-Version: 1.0',
  'Content-Type: multipart/mixed; boundary=foo',
  'Subject: foo',
  '',
  '--foo',
  'Content-Type: text/plain; name=foobar.bat',
  '',
  'echo foobar',
  '--foo--',
);

describe('structure', () => {
  test.each<[title: string, lines: string[], expected: Shape, invalid: 0 | 1 | 2]>([
    ['no headers', ['', 'text'], 'text/plain: text\r\n', 0],
    ['headers only', ['A: b'], 'text/plain: ', 0],
    ['nothing at all', [], 'text/plain: ', 0],
    ['no type', ['A: b', '', 'text'], 'text/plain: text\r\n', 0],
    [
      'parts with a preamble and an epilogue',
      [MIXED, '', 'pre', '--b', '', 'one', '--b', 'Content-Type: text/html', '', 'two', '--b--', 'post'],
      ['multipart/mixed', 'text/plain: one', 'text/html: two'],
      0,
    ],
    [
      'blanks behind boundaries',
      [MIXED, '', '--b \t', '', 'one', '--b-- ', 'post'],
      ['multipart/mixed', 'text/plain: one'],
      0,
    ],
    [
      'a multipart in a multipart',
      [
        MIXED,
        '',
        '--b',
        'Content-Type: multipart/alternative; boundary="c d"',
        '',
        '--c d',
        '',
        'in',
        '--c d--',
        '--b--',
      ],
      ['multipart/mixed', ['multipart/alternative', 'text/plain: in']],
      0,
    ],
    [
      'a message in a multipart',
      [MIXED, '', '--b', 'Content-Type: message/rfc822', '', 'Subject: in', '', 'text', '--b--'],
      ['multipart/mixed', ['message/rfc822', 'text/plain: text']],
      0,
    ],
    [
      'a message as the content of a message',
      ['Content-Type: message/rfc822', '', MIXED, '', '--b', '', 'in', '--b--'],
      ['message/rfc822', ['multipart/mixed', 'text/plain: in']],
      0,
    ],
    [
      'messages in a digest',
      [
        'Content-Type: multipart/digest; boundary=b',
        '',
        '--b',
        '',
        'A: b',
        '',
        'in',
        '--b',
        'Content-Type: text/plain',
        '',
        'out',
        '--b--',
      ],
      ['multipart/digest', ['message/rfc822', 'text/plain: in'], 'text/plain: out'],
      0,
    ],
    [
      'reports are no messages',
      ['Content-Type: message/delivery-status', '', 'Reporting-MTA: dns; a'],
      'message/delivery-status: Reporting-MTA: dns; a\r\n',
      0,
    ],
    [
      'lines that only begin like a boundary',
      [MIXED, '', '--b', '', '--bc', '--b-', '--b --', '--b--'],
      ['multipart/mixed', 'text/plain: --bc\r\n--b-\r\n--b --'],
      0,
    ],
    [
      'an empty part',
      [MIXED, '', '--b', '--b', '', '--b--'],
      ['multipart/mixed', 'text/plain: ', 'text/plain: '],
      0,
    ],
    [
      'a part of headers',
      [MIXED, '', '--b', 'Content-Type: text/html', '--b--'],
      ['multipart/mixed', 'text/html: '],
      0,
    ],
    [
      'upper case',
      ['CONTENT-TYPE: MULTIPART/Mixed; BOUNDARY=B', '', '--B', 'content-type: TEXT/Html', '', 'x', '--B--'],
      ['multipart/mixed', 'text/html: x'],
      0,
    ],
    [
      'a folded type',
      ['Content-Type: multipart/mixed;', '\tboundary="b"', '', '--b', '', 'x', '--b--'],
      ['multipart/mixed', 'text/plain: x'],
      0,
    ],
    [
      'the last boundary is missing',
      [MIXED, '', '--b', '', 'one'],
      ['multipart/mixed', 'text/plain: one\r\n'],
      1,
    ],
    [
      'the last boundary of the inner one is missing',
      [
        MIXED,
        '',
        '--b',
        'Content-Type: multipart/mixed; boundary=c',
        '',
        '--c',
        '',
        'in',
        '--b',
        '',
        'out',
        '--b--',
      ],
      ['multipart/mixed', ['multipart/mixed', 'text/plain: in'], 'text/plain: out'],
      1,
    ],
    [
      'an inner boundary that begins with the outer one',
      [
        MIXED,
        '',
        '--b',
        'Content-Type: multipart/mixed; boundary=bb',
        '',
        '--bb',
        '',
        'in',
        '--bb--',
        '--b',
        '',
        'out',
        '--b--',
      ],
      ['multipart/mixed', ['multipart/mixed', 'text/plain: in'], 'text/plain: out'],
      0,
    ],
    [
      'an inner boundary that ends like the last outer one',
      [
        MIXED,
        '',
        '--b',
        'Content-Type: multipart/mixed; boundary=b--',
        '',
        '--b--',
        '',
        'in',
        '--b----',
        '--b--',
      ],
      ['multipart/mixed', ['multipart/mixed', 'text/plain: in']],
      0,
    ],
    [
      'one boundary for both',
      [MIXED, '', '--b', MIXED, '', '--b', '', 'in', '--b--', '--b', '', 'out', '--b--'],
      ['multipart/mixed', ['multipart/mixed', 'text/plain: in'], 'text/plain: out'],
      0,
    ],
    [
      'no boundary',
      ['Content-Type: multipart/mixed', '', '--b', '', 'x'],
      'multipart/mixed: --b\r\n\r\nx\r\n',
      2,
    ],
    [
      'an empty boundary',
      ['Content-Type: multipart/mixed; boundary=""', '', '--', 'x'],
      'multipart/mixed: --\r\nx\r\n',
      2,
    ],
    ['boundaries that never come', [MIXED, '', 'x'], ['multipart/mixed'], 2],
    ['only the last boundary', [MIXED, '', 'x', '--b--'], ['multipart/mixed'], 2],
    [
      'an inner multipart without parts',
      [MIXED, '', '--b', 'Content-Type: multipart/mixed; boundary=c', '', 'x', '--b--'],
      ['multipart/mixed', ['multipart/mixed']],
      1,
    ],
    ['no type that can be read', ['Content-Type: nonsense', '', 'x'], 'text/plain: x\r\n', 1],
    [
      'a multipart without a subtype',
      ['Content-Type: multipart; boundary=b', '', '--b', '', 'x', '--b--'],
      ['multipart/mixed', 'text/plain: x'],
      1,
    ],
    ['an unknown transfer encoding', ['Content-Transfer-Encoding: zip', '', 'x'], 'text/plain: x\r\n', 1],
    [
      'an encoded multipart',
      [MIXED, 'Content-Transfer-Encoding: base64', '', '--b', '', 'x', '--b--'],
      ['multipart/mixed', 'text/plain: x'],
      1,
    ],
    [
      'an encoded message',
      ['Content-Type: message/rfc822', 'Content-Transfer-Encoding: base64', '', 'QTogYg=='],
      'message/rfc822: QTogYg==\r\n',
      1,
    ],
  ])('%s', (_title, lines, expected, invalid) => {
    const content = contentOf(...lines);
    const before = rawOf(content);
    expect(shapeOf(content.mime())).toEqual(expected);
    expect(content.invalidMime).toBe(invalid);
    expect(rawOf(content)).toBe(before);
  });

  test('line feeds end lines as well', () => {
    expect(shape(`${MIXED}\n\n--b\n\none\ntwo\n--b--\n`)).toEqual([
      'multipart/mixed',
      'text/plain: one\ntwo',
    ]);
  });

  test('the last line may have no end', () => {
    expect(shape(`${MIXED}\r\n\r\n--b\r\n\r\none\r\n--b--`)).toEqual(['multipart/mixed', 'text/plain: one']);
    expect(shape(`${MIXED}\r\n\r\n--b`)).toEqual(['multipart/mixed', 'text/plain: ']);
  });

  test('the first part may begin with the body', () => {
    expect(contentOfText(`${MIXED}\r\n\r\n--b\r\n\r\n--b--`).invalidMime).toBe(0);
  });
});

describe('links and offsets', () => {
  test('the sample of the product', () => {
    const raw = rawOf(SAMPLE);
    const top = SAMPLE.mime();
    const [part] = top.parts;
    expect(top).toMatchObject({
      headersStart: 0,
      preambleStart: raw.indexOf('--foo'),
      bodyStart: raw.indexOf('--foo'),
      bodyEnd: raw.length,
      epilogueEnd: raw.length,
      boundary: 'foo',
      isContainer: true,
    });
    expect(part).toMatchObject({
      headersStart: raw.indexOf('Content-Type: text/plain'),
      preambleStart: raw.indexOf('echo'),
      bodyStart: raw.indexOf('echo'),
      bodyEnd: raw.indexOf('\r\n--foo--'),
      epilogueEnd: raw.indexOf('\r\n--foo--'),
      boundary: undefined,
      isContainer: false,
    });
  });

  test('a preamble and an epilogue are between offsets', () => {
    const content = contentOf(MIXED, '', 'pre', '--b', '', 'one', '--b--', 'post');
    const raw = rawOf(content);
    expect(content.mime()).toMatchObject({
      preambleStart: raw.indexOf('pre'),
      bodyStart: raw.indexOf('--b'),
      bodyEnd: raw.indexOf('post'),
      epilogueEnd: raw.length,
    });
  });

  test('thread goes through the message, next through a container', () => {
    const content = contentOf(
      MIXED,
      '',
      '--b',
      'Content-Type: multipart/mixed; boundary=c',
      '',
      '--c',
      '',
      '1',
      '--c',
      '',
      '2',
      '--c--',
      '--b',
      '',
      '3',
      '--b--',
    );
    const top = content.mime();
    const [inner, last] = top.parts;
    const [first, second] = inner!.parts;
    expect(threadOf(top)).toEqual([top, inner, first, second, last]);
    expect([top.parent, inner!.parent, first!.parent]).toEqual([undefined, top, inner]);
    expect([inner!.next, last!.next, first!.next, second!.next]).toEqual([
      last,
      undefined,
      second,
      undefined,
    ]);
  });

  test('a part is one object, and another one in the tree that may be changed', () => {
    expect(SAMPLE.mime()).toBe(SAMPLE.mime(true));
    expect(SAMPLE.mime().first).toBe(SAMPLE.mime().thread);
    expect(SAMPLE.mime(false)).toBe(SAMPLE.mime(false));
    expect(SAMPLE.mime(false).isReadOnly).toBe(false);
    expect(SAMPLE.mime().first!.isReadOnly).toBe(true);
  });
});

describe('content types', () => {
  test.each<[string, object]>([
    [
      '',
      {
        mimetype: 'text/plain',
        charset: 'us-ascii',
        encoding: '7bit',
        isAttachment: false,
        filename: undefined,
      },
    ],
    ['Content-Type: Text/HTML; CharSet="ISO-8859-1"', { mimetype: 'text/html', charset: 'iso-8859-1' }],
    [
      'Content-Type: text/html (comment; a="b") ; (more) charset = x',
      { mimetype: 'text/html', charset: 'x' },
    ],
    ['Content-Type: image/png', { mimetype: 'image/png', charset: undefined }],
    ['Content-Transfer-Encoding:  BASE64 (of course)', { encoding: 'base64' }],
    ['Content-Type: image/png; name=a.png', { isAttachment: true, filename: 'a.png' }],
    ['Content-Type: a/b; name="in quotes; \\"so\\""', { filename: 'in quotes; "so"' }],
    ['Content-Type: a/b; name=not in quotes.txt; charset=x', { filename: 'not in quotes.txt', charset: 'x' }],
    ['Content-Disposition: attachment', { isAttachment: true, filename: undefined }],
    ['Content-Disposition: inline', { isAttachment: false }],
    ['Content-Disposition: inline; filename=a.txt', { isAttachment: true, filename: 'a.txt' }],
    [
      'Content-Type: a/b; name=name.txt\r\nContent-Disposition: attachment; filename=filename.txt',
      { filename: 'filename.txt' },
    ],
    ["Content-Disposition: attachment; filename*=utf-8'de'%C3%BC.txt", { filename: 'Ã¼.txt' }],
    ["Content-Disposition: attachment; filename*=iso-8859-1''%fc.txt", { filename: 'Ã¼.txt' }],
    ["Content-Disposition: attachment; filename=a; filename*=utf-8''b", { filename: 'b' }],
    ['Content-Disposition: attachment; filename*0="one "; filename*1=two', { filename: 'one two' }],
    [
      "Content-Disposition: attachment; filename*1=two; filename*0*=utf-8''one%20; filename*2*=%33",
      { filename: 'one two3' },
    ],
    ["Content-Disposition: attachment; filename*=nonsense''%41%zz", { filename: 'A%zz' }],
    ['Content-Type: a/b; name="=?utf-8?Q?=C3=BC.txt?="', { filename: 'Ã¼.txt' }],
    ['Content-Type: a/b; name', { filename: '' }],
    ['Content-Type: a/b; ; =x; name=x', { filename: 'x' }],
    ['Content-Type: a/b; name="never closed', { filename: 'never closed' }],
    ['Content-Type: ;;;', { mimetype: 'text/plain' }],
    ['Content-Type: a/b/c', { mimetype: 'text/plain' }],
    ['Content-Type: a/b; name=1; name=2', { filename: '1' }],
  ])('%j', (header, expected) => {
    expect(contentOf(header, '', 'x').mime().contentType()).toMatchObject(expected);
  });

  test('parameters', () => {
    const { parameters } = contentOf('Content-Type: text/plain; Format=flowed; delsp=yes', '').mime();
    expect([...parameters]).toEqual([
      ['format', 'flowed'],
      ['delsp', 'yes'],
    ]);
  });
});
