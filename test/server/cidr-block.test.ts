import { contains, parseAddress, parseBlock } from '../../src/server/cidr-block';
import { CidrTable } from '../../src/server/cidr-table';

test.each([
  ['10.0.0.1', 4, 0x0a000001n, 32],
  ['10.1.2.3/8', 4, 0x0a000000n, 8],
  ['0.0.0.0/0', 4, 0n, 0],
  ['::1', 6, 1n, 128],
  ['::', 6, 0n, 128],
  ['[2001:db8::1]', 6, 0x20010db8000000000000000000000001n, 128],
  ['2001:db8::1/32', 6, 0x20010db8000000000000000000000000n, 32],
  ['1::', 6, 1n << 112n, 128],
  ['::ffff:1.2.3.4', 6, 0xffff01020304n, 128],
])('%s', (text, family, first, bits) => {
  expect(parseBlock(text)).toEqual({ family, first, bits });
});

test.each(['', 'x', '10.0.0', '10.0.0.1/33', '::1/129', '10.0.0.1/', '10.0.0.256', 'fe80::1%eth0', '/24'])(
  '%j is no block',
  (text) => {
    expect(parseBlock(text)).toBeUndefined();
  },
);

test('an address is a block of one', () => {
  expect(parseAddress('10.0.0.1/32')).toBeDefined();
  expect(parseAddress('10.0.0.1/31')).toBeUndefined();
});

test.each([
  ['10.0.0.0/8', '10.255.0.1', true],
  ['10.0.0.0/8', '11.0.0.1', false],
  ['10.0.0.0/8', '10.0.0.0/7', false],
  ['::/0', '::1', true],
  ['::/0', '10.0.0.1', false],
])('%s contains %s: %s', (block, other, expected) => {
  expect(contains(parseBlock(block)!, parseBlock(other)!)).toBe(expected);
});

test('a table: the smallest block decides, and a range is as many blocks as it takes', () => {
  const table = new CidrTable();
  table.set(parseBlock('10.0.0.0/8')!, 'wide');
  table.set(parseBlock('10.1.0.0/16')!, undefined);
  table.set(parseBlock('10.1.2.0/24')!, 'narrow');
  const find = (address: string) => table.find(parseAddress(address)!);
  expect(['10.2.0.1', '10.1.0.1', '10.1.2.3', '11.0.0.1', '::1'].map(find)).toEqual([
    'wide',
    undefined,
    'narrow',
    undefined,
    undefined,
  ]);
  const before = table.size;
  table.setRange(parseAddress('192.0.2.1')!.first, parseAddress('192.0.2.8')!.first, 'range');
  expect(table.size - before).toBe(4);
  expect(
    ['192.0.2.0', '192.0.2.1', '192.0.2.7', '192.0.2.8', '192.0.2.9'].map((address) => find(address)),
  ).toEqual([undefined, 'range', 'range', 'range', undefined]);
});
