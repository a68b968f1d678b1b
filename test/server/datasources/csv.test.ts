import fc from 'fast-check';
import { parseCsv } from '../../../src/server/datasources/csv';

test.each<[string, string[][]]>([
  ['', []],
  ['a', [['a']]],
  [
    'a,b\nc,d\n',
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  ],
  [
    'a,b\r\nc,d',
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  ],
  ['a\rb', [['a'], ['b']]],
  ['a,', [['a', '']]],
  [',\n', [['', '']]],
  ['a\n\n\nb', [['a'], ['b']]],
  ['"a,b","c""d"', [['a,b', 'c"d']]],
  ['"two\nlines",x', [['two\nlines', 'x']]],
  ['""\n', [['']]],
  ['"a"b,c', [['ab', 'c']]],
  ['"open', [['open']]],
  ['a"b,c', [['a"b', 'c']]],
])('%j', (text, records) => {
  expect(parseCsv(text)).toEqual(records);
});

test('fields in quotes come back as they were', () => {
  const field = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(fc.array(fc.array(field, { minLength: 1 })), (records) => {
      const text = records
        .map((fields) => fields.map((value) => `"${value.replaceAll('"', '""')}"`).join(','))
        .join('\n');
      expect(parseCsv(text)).toEqual(records);
    }),
  );
});

test('any text has an end', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', 'a') }), (text) => {
      expect(parseCsv(text).flat().length).toBeLessThanOrEqual(text.length + 1);
    }),
  );
});
