/** Messages that are composed (4/lua/ref-msg-build). */
import { buildMessage, type AttachmentPart } from '../../src/mail/build';
import { MessageContent } from '../../src/mail/content';
import { HeaderError } from '../../src/mail/header-error';
import { MimeError } from '../../src/mail/mime-error';
import { threadOf, utf8 } from './mime-support';

const bytes = (text: string) => Buffer.from(text, 'utf8');
const build = (...args: Parameters<typeof buildMessage>) => new MessageContent(buildMessage(...args));

describe('build', () => {
  test('the documented structure', () => {
    const content = build(
      [
        ['From', 'a@a.test'],
        ['Subject', '=?utf-8?Q?=C3=BC?='],
      ],
      [
        { type: 'text/html', content: bytes('<b>ü</b>\r\n') },
        { type: 'text/plain', content: bytes('ü = u') },
      ],
      [
        {
          kind: 'text',
          type: 'text/csv; charset=utf-8',
          name: 'a b.csv',
          headers: 'X-A: 1\r\nX-B: 2',
          content: bytes('ü'),
        },
        { kind: 'base64', type: 'image/png', name: 'a.png', content: bytes('AAEC\r\n') },
        { kind: 'message', content: bytes('Subject: in\r\n\r\ninner') },
      ],
    );
    const top = content.mime();
    const [outer, inner] = [top.boundary!, top.first!.boundary!];
    expect(content.raw.toString('latin1').replaceAll(outer, 'OUTER').replaceAll(inner, 'INNER')).toBe(
      [
        'From: a@a.test',
        'Subject: =?utf-8?Q?=C3=BC?=',
        'MIME-Version: 1.0',
        'Content-Type: multipart/mixed; boundary="OUTER"',
        '',
        '--OUTER',
        'Content-Type: multipart/alternative;',
        ' boundary="INNER"',
        '',
        '--INNER',
        'Content-Type: text/plain',
        'Content-Disposition: inline',
        'Content-Transfer-Encoding: quoted-printable',
        '',
        '=C3=BC =3D u',
        '--INNER',
        'Content-Type: text/html',
        'Content-Disposition: inline',
        'Content-Transfer-Encoding: quoted-printable',
        '',
        '<b>=C3=BC</b>',
        '',
        '--INNER--',
        '--OUTER',
        'X-A: 1',
        'X-B: 2',
        'Content-Type: text/csv; charset=utf-8; name="a b.csv"',
        'Content-Disposition: attachment; filename="a b.csv"',
        'Content-Transfer-Encoding: quoted-printable',
        '',
        '=C3=BC',
        '--OUTER',
        'Content-Type: image/png; name=a.png',
        'Content-Disposition: attachment; filename=a.png',
        'Content-Transfer-Encoding: base64',
        '',
        'AAEC',
        '',
        '--OUTER',
        'Content-Type: message/rfc822; name="Attached Message"',
        'Content-Disposition: attachment',
        'Content-Transfer-Encoding: 7bit',
        '',
        'Subject: in',
        '',
        'inner',
        '--OUTER--',
        '',
      ].join('\r\n'),
    );
    expect(content.invalidMime).toBe(0);
    expect(content.text()).toEqual(['\xc3\xbc = u', '<b>\xc3\xbc</b>\r\n', utf8('ü'), 'inner']);
  });

  test.each([
    ['text/plain', 'quoted-printable'],
    ['text/html; format=flowed', 'quoted-printable'],
    ['text/plain; charset=utf-8', 'base64'],
    ['TEXT/HTML; Charset=utf-8', 'base64'],
    ['application/json', 'base64'],
  ])('%s is %s', (type, encoding) => {
    const part = build([], [{ type, content: bytes('x') }], []).mime().first!.first!;
    expect(part).toMatchObject({ encoding, decoded: bytes('x') });
  });

  test('the plain text comes first, whatever the order', () => {
    const types = ['text/html', 'text/calendar', 'text/plain; charset=utf-8', 'application/x'];
    const orders = [types, [...types].reverse()].map((order) =>
      build(
        [],
        order.map((type) => ({ type, content: bytes('x') })),
        [],
      )
        .mime()
        .first!.parts.map((part) => part.contentType().mimetype),
    );
    const expected = ['text/plain', 'text/html', 'application/x', 'text/calendar'];
    expect(orders).toEqual([expected, expected]);
  });

  test('nothing at all', () => {
    const content = build([], [], []);
    expect(threadOf(content.mime()).map((part) => part.subtype)).toEqual(['mixed', 'alternative']);
  });

  test('the structure decides about its own headers', () => {
    const content = build(
      [
        ['Content-Type', 'text/plain'],
        ['content-transfer-encoding', 'base64'],
        ['X', '1'],
      ],
      [],
      [],
    );
    expect(content.headers.all().map(({ name }) => name)).toEqual(['X', 'MIME-Version', 'Content-Type']);
  });

  test('the same input gives the same bytes, and boundaries that are not in it', () => {
    const first = build([], [{ type: 'text/plain', content: bytes('x') }], []);
    const again = build([], [{ type: 'text/plain', content: bytes('x') }], []);
    expect(again.raw).toEqual(first.raw);
    const { boundary } = first.mime();
    const clashing = build([], [], [{ kind: 'message', content: bytes(`A: b\r\n\r\n--${boundary!}\r\n`) }]);
    expect(clashing.mime().boundary).not.toBe(boundary);
  });

  test('a message with bytes beyond ASCII is 8bit', () => {
    const content = build([], [], [{ kind: 'message', content: bytes('A: b\r\n\r\nü') }]);
    expect(content.mime().parts[1]).toMatchObject({ encoding: '8bit', subtype: 'rfc822' });
  });

  test('names beyond ASCII are read as they were given', () => {
    const content = build(
      [],
      [],
      [{ kind: 'text', type: 'a/b', name: utf8('ü "x"; y.txt'), content: bytes('') }],
    );
    expect(content.mime().parts[1]!.contentType().filename).toBe(utf8('ü "x"; y.txt'));
    expect(content.raw.every((byte) => byte < 0x80)).toBe(true);
  });

  const attachment = (fields: object): AttachmentPart => ({
    kind: 'text',
    type: 'text/plain',
    name: 'a',
    content: bytes(''),
    ...fields,
  });

  test.each<[string, Parameters<typeof buildMessage>, typeof HeaderError | typeof MimeError]>([
    ['a header with a line break', [[['A', 'b\r\nC: d\r\n\r\nbody']], [], []], HeaderError],
    ['a bad name', [[['A b', 'c']], [], []], HeaderError],
    ['a bad type', [[], [{ type: 'text/plain\r\nA: b', content: bytes('') }], []], HeaderError],
    ['bad headers of an attachment', [[], [], [attachment({ headers: 'no header' })]], HeaderError],
    [
      'an attachment that was not encoded',
      [[], [], [attachment({ kind: 'base64', content: bytes('\0') })]],
      MimeError,
    ],
  ])('%s', (_title, args, error) => {
    expect(() => buildMessage(...args)).toThrow(error);
  });
});
