import { Momentum } from '../../src';

let mta: Momentum;
beforeAll(async () => {
  mta = await Momentum.start();
});
afterAll(() => mta.stop());

/** Runs a function of the product on texts (UTF-8) or bytes. */
async function call(name: string, ...args: (string | Buffer | boolean | undefined)[]): Promise<unknown> {
  const literals = args.map((arg) => {
    if (typeof arg === 'boolean' || arg === undefined) return String(arg ?? 'nil');
    return `"${Array.from(Buffer.from(arg), (byte) => `\\${String(byte).padStart(3, '0')}`).join('')}"`;
  });
  return (await mta.eval(`return msys.${name}(${literals.join(', ')})`))[0];
}

const LONG = 'x'.repeat(100);

describe('msys.base64', () => {
  test.each([
    ['', ''],
    ['f', 'Zg=='],
    ['fo', 'Zm8='],
    ['foo', 'Zm9v'],
    [Buffer.from([0, 255]), 'AP8='],
    ['é', 'w6k='],
  ])('encode %j', async (text, encoded) => {
    expect(await call('base64.encode', text)).toBe(encoded);
    expect(await call('base64.decode', encoded)).toEqual(text);
  });

  test.each([
    [57, [76, 0]],
    [60, [76, 4]],
    [114, [76, 76, 0]],
  ])('%i bytes folded: CRLF after every 76', async (bytes, lengths) => {
    const folded = (await call('base64.encode', 'x'.repeat(bytes), true)) as string;
    expect(folded.split('\r\n').map((line) => line.length)).toEqual(lengths);
    expect(await call('base64.encode', 'x'.repeat(bytes), false)).toBe(folded.replaceAll('\r\n', ''));
    expect(await call('base64.decode', folded)).toBe('x'.repeat(bytes));
  });

  it('takes a string buffer', async () => {
    expect(
      await mta.eval(
        `local s = msys.core.string_new() s:write('foo', 3) return msys.base64.encode(s), msys.qp.encode(s)`,
      ),
    ).toEqual(['Zm9v', 'foo']);
  });

  it.each(['Zg', 'Zg=', 'Z===', 'Zm9v!', '=Zg=', 'Zg==Zg=='])('raises for %s', async (encoded) => {
    await expect(call('base64.decode', encoded)).rejects.toThrow('the base64 text cannot be decoded');
  });
});

describe('character sets', () => {
  test.each([
    ['iso-8859-1', 'é', [0xe9]],
    ['ISO-8859-15', '€', [0xa4]],
    ['windows-1251', 'Ж', [0xc6]],
    ['shift_jis', 'あa', [0x82, 0xa0, 0x61]],
    ['big5', '中', [0xa4, 0xa4]],
    ['euc-kr', '한', [0xc7, 0xd1]],
    ['utf-16', 'é', [0x00, 0xe9]],
    ['utf-16le', 'é', [0xe9, 0x00]],
    ['us-ascii', 'a', [0x61]],
    ['UTF-8', 'é', [0xc3, 0xa9]],
  ])('%s', async (charset, text, bytes) => {
    const encoded = Buffer.from(bytes).toString('base64');
    expect(await call('base64.encode', text, undefined, charset)).toBe(encoded);
    if (charset !== 'utf-16') expect(await call('base64.decode', encoded, charset)).toBe(text);
  });

  test.each([
    ['base64.encode', ['é', undefined, 'us-ascii'], "'é' cannot be converted to us-ascii"],
    ['base64.encode', ['é', undefined, 'iso-2022-jp'], "'iso-2022-jp' is not simulated"],
    ['base64.encode', ['é', undefined, 'klingon'], "unknown character set 'klingon'"],
    ['base64.encode', [Buffer.from([0xff]), undefined, 'iso-8859-1'], 'the text is not UTF-8'],
    ['base64.decode', ['/w==', 'us-ascii'], 'cannot be decoded from us-ascii'],
    ['base64.decode', ['gQ==', 'shift_jis'], 'cannot be decoded from shift_jis'],
    ['base64.decode', ['/w==', 'utf-8'], 'cannot be decoded from utf-8'],
    ['base64.decode', ['/w==', 'klingon'], "unknown character set 'klingon'"],
  ] as const)('msys.%s(%j): %s', async (name, args, message) => {
    await expect(call(name, ...args)).rejects.toThrow(message);
  });
});

describe('msys.qp', () => {
  test.each([
    ['', ''],
    ['plain text', 'plain text'],
    ['1+1=2', '1+1=3D2'],
    ['é', '=C3=A9'],
    ['two\r\nlines', 'two\r\nlines'],
    ['blank \r\ntab\t\r\nend ', 'blank=20\r\ntab=09\r\nend=20'],
    ['a\nb\rc', 'a=0Ab=0Dc'],
    [Buffer.from([0, 0x7f, 0xff]), '=00=7F=FF'],
    ['~!"', '~!"'],
    [LONG, `${'x'.repeat(75)}=\r\n${'x'.repeat(25)}`],
    ['x'.repeat(76), 'x'.repeat(76)],
    [`${'x'.repeat(74)}=`, `${'x'.repeat(74)}=\r\n=3D`],
    [`${'x'.repeat(73)}=`, `${'x'.repeat(73)}=3D`],
  ])('encode %j', async (text, encoded) => {
    expect(await call('qp.encode', text)).toBe(encoded);
    expect(await call('qp.decode', encoded)).toEqual(text);
  });

  it('has no line of more than 76 bytes, whatever it encodes', async () => {
    for (let i = 70; i < 80; i++) {
      const text = `${'a'.repeat(i)}é ${'b'.repeat(i)}. ${'.'.repeat(200)}`;
      const encoded = (await call('qp.encode', text, undefined, true)) as string;
      for (const line of encoded.split('\r\n')) expect(line.length).toBeLessThanOrEqual(76);
    }
  });

  it('takes what is left of an io object', async () => {
    mta.files.set('/data/in', '1=1é');
    const open = `local io = msys.core.io_wrapper_open('/data/in', msys.core.O_RDONLY, 0)`;
    expect(await mta.eval(`${open} io:read(1) return msys.qp.encode(io, 'iso-8859-1')`)).toEqual(['=3D1=E9']);
  });

  test('dot stuffing: only lines that the encoding began', async () => {
    const text = `.first\r\n.second\r\n${'x'.repeat(75)}.rest`;
    const unstuffed = `.first\r\n.second\r\n${'x'.repeat(75)}=\r\n.rest`;
    expect(await call('qp.encode', text)).toBe(unstuffed);
    expect(await call('qp.encode', text, undefined, true)).toBe(
      unstuffed.replace('=\r\n.rest', '=\r\n..rest'),
    );
  });

  test('character sets', async () => {
    expect(await call('qp.encode', 'é', 'iso-8859-1')).toBe('=E9');
    expect(await call('qp.decode', '=E9', 'iso-8859-1')).toBe('é');
  });

  test.each([
    ['soft=\r\nbreak', 'softbreak'],
    ['soft=\nbreak', 'softbreak'],
    ['padded= \t\r\nbreak', 'paddedbreak'],
    ['padding  \r\nof lines\t', 'padding\r\nof lines'],
    ['=3d', '='],
    ['end=', 'end'],
  ])('decode %j', async (encoded, text) => {
    expect(await call('qp.decode', encoded)).toBe(text);
  });

  it.each(['=XY', '=4', 'a=b'])('raises for %s', async (encoded) => {
    await expect(call('qp.decode', encoded)).rejects.toThrow('the quoted-printable text cannot be decoded');
  });
});

describe('msys.idn', () => {
  test.each([
    ['bücher.example', 'xn--bcher-kva.example'],
    ['弗兰克.example.com', 'xn--74q5c021c.example.com'],
    ['example.com', 'example.com'],
    ['1.2', '1.2'],
  ])('%s', async (utf8, ascii) => {
    expect(await call('idn.to_idn', utf8)).toBe(ascii);
    expect(await call('idn.to_utf8', ascii)).toBe(utf8);
  });

  test.each([
    ['EXAMPLE.Com', 'example.com'],
    ['BÜCHER.example', 'xn--bcher-kva.example'],
    ['bücher。example', 'xn--bcher-kva.example'],
    ['rooted.example.', 'rooted.example.'],
  ])('to_idn of %s', async (name, ascii) => {
    expect(await call('idn.to_idn', name)).toBe(ascii);
  });

  test.each([
    ['to_idn', `'a..b'`, 'IDN'],
    ['to_idn', `''`, 'IDN'],
    ['to_idn', `string.rep('x', 64)`, 'IDN'],
    ['to_idn', `'a b'`, 'IDN'],
    ['to_idn', `'\\255'`, 'IDN'],
    ['to_utf8', `'xn--\\128'`, 'UTF-8'],
    ['to_utf8', `'xn--a-\\0'`, 'UTF-8'],
  ])('%s(%s): nil and the reason', async (name, argument, form) => {
    expect(await mta.eval(`msys.idn.${name}(${argument})`)).toEqual([
      undefined,
      expect.stringContaining(`cannot be converted to ${form}`),
    ]);
  });
});
