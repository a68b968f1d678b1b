import { readProxyHeader } from '../../../src/listeners/http/proxy-header';

const SIGNATURE = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');

/** A binary header: version and command, family and transport, address block. */
function binary(versionAndCommand: number, kind: number, block: Buffer): Buffer {
  const head = Buffer.from([versionAndCommand, kind, 0, 0]);
  head.writeUInt16BE(block.length, 2);
  return Buffer.concat([SIGNATURE, head, block]);
}

const TCP4 = Buffer.from('c0000201c63364019c400050', 'hex');
const TCP6 = Buffer.from(`20010db8${'0'.repeat(23)}1${'0'.repeat(31)}1ffff0050`, 'hex');
const TLV = Buffer.from('040003616263', 'hex');

describe('text', () => {
  test.each<[string, unknown]>([
    ['PROXY TCP4 192.0.2.1 198.51.100.1 40000 80', { address: '192.0.2.1', port: 40000 }],
    ['PROXY TCP6 2001:db8::1 ::1 0 65535', { address: '2001:db8::1', port: 0 }],
    ['PROXY UNKNOWN', undefined],
    ['PROXY UNKNOWN whatever comes', undefined],
  ])('%s', (line, client) => {
    const header = Buffer.from(`${line}\r\n`);
    expect(readProxyHeader(Buffer.concat([header, Buffer.from('GET /')]))).toEqual({
      outcome: 'complete',
      length: header.length,
      client,
    });
  });

  test.each([
    'GET / HTTP/1.1',
    'PROXYTCP4 192.0.2.1 198.51.100.1 40000 80',
    'PROXY TCP4 192.0.2.1 198.51.100.1 40000',
    'PROXY TCP4 192.0.2.1 198.51.100.1 40000 80 more',
    'PROXY TCP4 192.0.2.1  198.51.100.1 40000 80',
    'PROXY TCP4 ::1 ::1 40000 80',
    'PROXY TCP6 192.0.2.1 198.51.100.1 40000 80',
    'PROXY TCP4 192.0.2.1 198.51.100.1 70000 80',
    'PROXY TCP4 192.0.2.1 198.51.100.1 040 80',
    'PROXY TCP4 192.0.2.1 198.51.100.1 -1 80',
    'PROXY UDP4 192.0.2.1 198.51.100.1 40000 80',
    'PROXY constructor 192.0.2.1 198.51.100.1 40000 80',
    'PROXY ',
    'proxy UNKNOWN',
    `PROXY UNKNOWN ${'x'.repeat(100)}`,
  ])('malformed: %s', (line) => {
    expect(readProxyHeader(Buffer.from(`${line}\r\n`))).toEqual({ outcome: 'malformed' });
  });

  test('a line that does not end is malformed once it is too long', () => {
    expect(readProxyHeader(Buffer.from(`PROXY UNKNOWN ${'x'.repeat(92)}`))).toEqual({
      outcome: 'incomplete',
    });
    expect(readProxyHeader(Buffer.from(`PROXY UNKNOWN ${'x'.repeat(93)}`))).toEqual({ outcome: 'malformed' });
  });
});

describe('binary', () => {
  test.each<[string, Buffer, unknown]>([
    ['TCP over IPv4', binary(0x21, 0x11, TCP4), { address: '192.0.2.1', port: 40000 }],
    ['TCP over IPv6', binary(0x21, 0x21, TCP6), { address: '2001:db8::1', port: 65535 }],
    [
      'with further fields',
      binary(0x21, 0x11, Buffer.concat([TCP4, TLV])),
      { address: '192.0.2.1', port: 40000 },
    ],
    ['LOCAL', binary(0x20, 0x11, TCP4), undefined],
    ['LOCAL without addresses', binary(0x20, 0, Buffer.alloc(0)), undefined],
    ['unspecified', binary(0x21, 0, TLV), undefined],
    ['a Unix socket', binary(0x21, 0x31, Buffer.alloc(216)), undefined],
    ['UDP', binary(0x21, 0x12, TCP4), undefined],
  ])('%s', (_case, header, client) => {
    expect(readProxyHeader(Buffer.concat([header, Buffer.from('GET /')]))).toEqual({
      outcome: 'complete',
      length: header.length,
      client,
    });
  });

  test.each<[string, Buffer]>([
    ['another signature', Buffer.from('\r\n\r\n\0\r\nQUIX')],
    ['version 1', binary(0x11, 0x11, TCP4)],
    ['an unknown command', binary(0x22, 0x11, TCP4)],
    ['a block that is too short', binary(0x21, 0x21, TCP4)],
  ])('malformed: %s', (_case, bytes) => {
    expect(readProxyHeader(bytes)).toEqual({ outcome: 'malformed' });
  });
});

test.each<[string, Buffer]>([
  ['text', Buffer.from('PROXY TCP4 192.0.2.1 198.51.100.1 40000 80\r\n')],
  ['binary', binary(0x21, 0x11, TCP4)],
])(
  '%s: every beginning is incomplete, and foreign for a listener that does not know the version',
  (_case, header) => {
    for (let length = 0; length < header.length; length++)
      expect(readProxyHeader(header.subarray(0, length)).outcome).toBe('incomplete');
    expect(readProxyHeader(header, [header[0] === 0x50 ? 2 : 1])).toEqual({ outcome: 'malformed' });
  },
);
