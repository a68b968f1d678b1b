/** The text of a message: decoded for reading, encoded again when it changes. */
import { CharsetError } from '../../src/mail/charset';
import { HeaderError } from '../../src/mail/header-error';
import { MimeError } from '../../src/mail/mime-error';
import { contentOf, contentOfText, rawOf, utf8 } from './mime-support';

const LATIN = 'Content-Type: text/plain; charset=iso-8859-1';
const QP = 'Content-Transfer-Encoding: quoted-printable';
const BASE64 = 'Content-Transfer-Encoding: base64';
const base64 = (text: string, encoding: BufferEncoding = 'utf8') =>
  Buffer.from(text, encoding).toString('base64');

describe('reading', () => {
  test.each<[title: string, lines: string[], expected: string[]]>([
    ['plain', ['A: b', '', 'text', 'more'], ['text\r\nmore\r\n']],
    ['no body', ['A: b'], ['']],
    ['no text', ['Content-Type: image/png', '', 'x'], []],
    ['ISO 8859-1', [LATIN, '', '\xfcber'], [utf8('über\r\n')]],
    ['windows-1252', ['Content-Type: text/plain; charset=windows-1252', '', '\x80'], [utf8('€\r\n')]],
    ['ISO 8859-1 is not windows-1252', [LATIN, '', '\x80'], [utf8('\x80\r\n')]],
    ['KOI8-R', ['Content-Type: text/plain; charset="KOI8-R"', '', '\xc1'], [utf8('а\r\n')]],
    [
      'UTF-16 in base64',
      ['Content-Type: text/html; charset=utf-16le', BASE64, '', base64('<ü>', 'utf16le')],
      [utf8('<ü>')],
    ],
    ['quoted-printable', [LATIN, QP, '', 'a=FCb=', 'c=3D=20', 'd'], [utf8('aübc= \r\nd\r\n')]],
    ['soft breaks with blanks, blanks at the end', [QP, '', 'a= \t', 'b \t', 'c='], ['ab\r\nc']],
    ['wrong escapes', [QP, '', 'a=ZZb=4', 'c=e4'], ['a=ZZb=4\r\nc\xe4\r\n']],
    ['base64 with other characters', [BASE64, '', 'dGV-!', '4 dA='], ['text']],
    ['base64 that ends early', [BASE64, '', 'dGV4dA==dGV4dA=='], ['text']],
    ['base64 with a piece left', [BASE64, '', 'dGV4d'], ['tex']],
    ['base64 of nothing', [BASE64, '', '****'], ['']],
    ['an unknown encoding', ['Content-Transfer-Encoding: zip', '', 'x'], ['x\r\n']],
    ['an unknown charset', ['Content-Type: text/plain; charset=nonsense', '', '\xfc'], ['\xfc\r\n']],
    ['broken UTF-8', ['Content-Type: text/plain; charset=utf-8', '', '\xfc'], ['\xfc\r\n']],
    ['bytes that are not ASCII without a charset', ['', '\xc3\xbc'], ['\xc3\xbc\r\n']],
    [
      'several parts, also attachments and those of messages',
      [
        'Content-Type: multipart/mixed; boundary=b',
        '',
        'preamble',
        '--b',
        '',
        'one',
        '--b',
        'Content-Type: image/png',
        '',
        'image',
        '--b',
        'Content-Type: text/csv',
        'Content-Disposition: attachment; filename=a.csv',
        '',
        'a,b',
        '--b',
        'Content-Type: message/rfc822',
        '',
        'A: b',
        '',
        'inner',
        '--b--',
      ],
      ['one', 'a,b', 'inner'],
    ],
  ])('%s', (_title, lines, expected) => {
    const content = contentOf(...lines);
    const before = rawOf(content);
    expect(content.text()).toEqual(expected);
    expect(rawOf(content)).toBe(before);
  });

  test('a part without a body, and one that is no text, have none', () => {
    expect(contentOf('A: b').mime().text).toBeUndefined();
    expect(contentOf('Content-Type: image/png', '', 'x').mime().text).toBeUndefined();
    expect(contentOf('Content-Type: multipart/mixed; boundary=b', '', '--b').mime().text).toBeUndefined();
  });

  test('decoded bytes', () => {
    const part = contentOf('Content-Type: image/png', BASE64, '', 'AAEC').mime();
    expect(part.decoded).toEqual(Buffer.from([0, 1, 2]));
    const container = contentOf('Content-Type: multipart/mixed; boundary=b', '', '--b', '', 'x').mime();
    expect(container.decoded).toEqual(container.body);
  });
});

describe('other text in the same part', () => {
  test.each<[title: string, lines: string[], text: string, expected: string]>([
    ['stays 7bit', ['A: b', '', 'x'], 'a\nb\r\n', 'A: b\r\n\r\na\r\nb\r\n'],
    ['stays ISO 8859-1', [LATIN, '', '\xfc'], 'äöü\r\n', `${LATIN}\r\n\r\n\xe4\xf6\xfc\r\n`],
    [
      '7bit becomes quoted-printable',
      [LATIN, '', 'x'],
      'ü\r\n',
      `${LATIN}\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=FC\r\n`,
    ],
    [
      '7bit that is declared becomes quoted-printable',
      ['Content-Transfer-Encoding: 7bit', LATIN, '', 'x'],
      'ü\r\n',
      `${LATIN}\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=FC\r\n`,
    ],
    [
      'ASCII becomes UTF-8',
      ['Content-Type: text/html; format=flowed', '', 'x'],
      'ü',
      'Content-Type: text/html; format=flowed; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=C3=BC',
    ],
    ['stays quoted-printable', [QP, '', 'x=3D'], 'y=', `${QP}\r\n\r\ny=3D`],
    ['stays base64', [LATIN, BASE64, '', base64('x')], 'ü', `${LATIN}\r\n${BASE64}\r\n\r\n/A==\r\n`],
    [
      'stays what it was in an unknown charset',
      ['Content-Type: text/plain; charset=nonsense', '', '\xfc'],
      '\xfd',
      'Content-Type: text/plain; charset=nonsense\r\n\r\n\xfd',
    ],
  ])('%s', (_title, lines, text, expected) => {
    const content = contentOf(...lines);
    content.mime(false).text = lines.includes('\xfc') && text === '\xfd' ? text : utf8(text);
    expect(rawOf(content)).toBe(expected);
  });

  test('that has a boundary around the part is refused', () => {
    const content = contentOf('Content-Type: multipart/mixed; boundary=b', '', '--b', '', 'x', '--b--');
    const before = rawOf(content);
    expect(() => (content.mime(false).first!.text = utf8('ü\n--b\n'))).toThrow(MimeError);
    expect(rawOf(content)).toBe(before);
    expect(content.mime().first!.headers.block).toHaveLength(0);
  });

  test('that the character set does not have is refused', () => {
    const content = contentOf(LATIN, '', 'x');
    const before = rawOf(content);
    expect(() => (content.mime(false).text = utf8('€'))).toThrow(CharsetError);
    expect(rawOf(content)).toBe(before);
  });
});

describe('another body', () => {
  const headers = (charset: string, encoding: string, type = 'text/plain') =>
    `Content-Type: ${type}; charset=${charset}\r\nContent-Transfer-Encoding: ${encoding}\r\nMIME-Version: 1.0\r\n\r\n`;

  test.each<[title: string, args: [string, string?, string?], expected: string]>([
    ['ASCII', ['a\nb\r\n'], `${headers('utf-8', '7bit')}a\r\nb\r\n`],
    ['UTF-8', ['ü'], `${headers('utf-8', 'quoted-printable')}=C3=BC`],
    [
      'ISO 8859-1',
      ['ü', 'text/html', 'iso-8859-1'],
      `${headers('iso-8859-1', 'quoted-printable', 'text/html')}=FC`,
    ],
    ['UTF-16', ['x', undefined, 'utf-16le'], `${headers('utf-16le', 'base64')}eAA=`],
    [
      'long lines',
      ['x'.repeat(999)],
      `${headers('utf-8', 'quoted-printable')}${`${'x'.repeat(75)}=\r\n`.repeat(13)}${'x'.repeat(24)}`,
    ],
  ])('%s', (_title, [text, type, charset], expected) => {
    const content = contentOf('Subject: s', '', 'old');
    content.setText(utf8(text), type, charset);
    expect(rawOf(content)).toBe(`Subject: s\r\n${expected}`);
    expect(content.text()).toEqual([utf8(text.replace(/(?<!\r)\n/g, '\r\n'))]);
  });

  test('in place of a multipart', () => {
    const content = contentOf(
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary=b',
      'Subject: s',
      '',
      '--b',
      '',
      'x',
      '--b--',
    );
    const child = content.mime(false).first!;
    content.setText('text');
    expect(rawOf(content)).toBe(
      'MIME-Version: 1.0\r\nSubject: s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\ntext',
    );
    expect(() => child.text).toThrow('of no use any more');
  });

  test('of one part, whose type stays when it is text', () => {
    const content = contentOf(
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: text/html; charset=iso-8859-1',
      '',
      'x',
      '--b',
      'Content-Type: image/png',
      BASE64,
      '',
      'AAEC',
      '--b--',
    );
    const [text, image] = content.mime(false).parts;
    text!.setText('a');
    image!.setText('b');
    expect(rawOf(content)).toBe(
      'Content-Type: multipart/mixed; boundary=b\r\n\r\n' +
        '--b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\na\r\n' +
        '--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\nb\r\n--b--\r\n',
    );
  });

  test('a line with a dot is not stuffed', () => {
    const content = contentOf('A: b', '', 'x');
    content.setText('.\r\n..\r\n');
    expect(content.body.toString('latin1')).toBe('.\r\n..\r\n');
  });

  test('what cannot be written changes nothing', () => {
    const content = contentOf('A: b', '', 'x');
    const before = rawOf(content);
    expect(() => content.setText(utf8('€'), undefined, 'iso-8859-1')).toThrow(CharsetError);
    expect(() => content.setText('x', undefined, 'nonsense')).toThrow(CharsetError);
    expect(() => content.setText('x', 'text/plain\r\nA: b')).toThrow(HeaderError);
    expect(() => content.setText('\xff')).not.toThrow();
    expect(before).not.toBe(rawOf(content));
  });
});

test('a message of nothing gets a body', () => {
  const content = contentOfText('');
  content.setText('x');
  expect(rawOf(content)).toMatch(/^Content-Type: text\/plain; charset=utf-8\r\n[^]*\r\n\r\nx$/);
});
