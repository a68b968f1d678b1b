import { readDomainsOption } from '../../src/server/domain-fixtures';
import { UsageError } from '../../src/support/errors';

test('a list of names', () => {
  expect(readDomainsOption(['Example.COM', 'b.test'])).toEqual([
    ['example.com', {}],
    ['b.test', {}],
  ]);
});

test('names with contents', () => {
  const contents = { active: 2, delayed: [{ from: '', retries: 3, raw: Buffer.from('x') }], attempts: 7 };
  expect(readDomainsOption({ 'a.test': contents })).toEqual([['a.test', contents]]);
});

test.each<[string, unknown, RegExp]>([
  ['no object', 'a.test', /list of names or/],
  ['null', null, /list of names or/],
  ['empty name', [''], /it is empty/],
  ['name with a blank', ['a b.test'], /white space/],
  ['address', ['me@a.test'], /part after the @/],
  ['long name', ['x'.repeat(256)], /longer than 255/],
  ['name that is no string', [5], /not a string/],
  ['same name twice', ['a.test', 'A.test'], /a\.test is given twice/],
  ['contents that are no object', { 'a.test': 3 }, /option domains, a\.test: an object expected, not 3/],
  ['unknown member', { 'a.test': { queued: 1 } }, /unknown member queued; known are active, delayed/],
  ['inherited member name', { 'a.test': { constructor: 1 } }, /unknown member constructor/],
  ['negative count', { 'a.test': { active: -1 } }, /a\.test\.active: a number of messages/],
  ['bad message', { 'a.test': { active: ['x'] } }, /a\.test, active\[0\]: an object expected/],
  [
    'bad member of a message',
    { 'a.test': { delayed: [{}, { retries: 'x' }] } },
    /delayed\[1\]\.retries: an integer/,
  ],
  ['bad date', { 'a.test': { active: [{ created: new Date('x') }] } }, /created: a valid Date/],
])('%s is refused', (_, option, message) => {
  expect(() => readDomainsOption(option)).toThrow(UsageError);
  expect(() => readDomainsOption(option)).toThrow(message);
});

test('255 characters are a name', () => {
  expect(readDomainsOption(['x'.repeat(255)])).toHaveLength(1);
});
