import { Momentum } from '../../src';

const files = { '/opt/list.txt': 'one\ntwo', '/opt/binary': Buffer.from([0, 255, 13]), '/opt/empty': '' };
let mta: Momentum;
beforeEach(async () => {
  mta = await Momentum.start({ files });
});
afterEach(() => mta.stop());

test.each([
  ['a file', '/opt/list.txt', ['one\ntwo']],
  ['bytes', '/opt/binary', [Buffer.from([0, 255, 13])]],
  ['an empty file', '/opt/empty', ['']],
  ['a URI', 'file:///opt/list.txt', ['one\ntwo']],
  ['an encoded URI', 'file:///opt/%6cist.txt', ['one\ntwo']],
  ['a missing file', '/opt/none', [undefined, '/opt/none: No such file or directory']],
  ['a directory', '/opt', [undefined, '/opt: Is a directory']],
])('%s', async (_name, name, expected) => {
  expect(await mta.eval(`msys.readfile('${name}')`)).toEqual(expected);
});

it('reads a large file whole', async () => {
  mta.files.set('/opt/large', 'x'.repeat(1_000_000));
  expect(await mta.eval(`#msys.readfile('/opt/large')`)).toEqual([1_000_000]);
});

it('is done by a thread of the pool IO in a session, and on the spot while scripts are loaded', async () => {
  await mta.eval(`msys.readfile('/opt/list.txt')`);
  expect(await mta.eval(`msys.threadpool.stat('IO').invocations`)).toEqual([1]);
  const source = `content = msys.readfile('/opt/list.txt') invocations = msys.threadpool.stat('IO').invocations`;
  await using other = await Momentum.start({ files, modules: [{ name: 'load', source }] });
  expect(await other.eval('content, invocations')).toEqual(['one\ntwo', 0]);
});

it('says of a protocol that it is not simulated', async () => {
  await expect(mta.eval(`msys.readfile('http://example.com/')`)).rejects.toThrow("'http://example.com/'");
  expect(mta.diagnostics.has('NOT_SIMULATED')).toBe(true);
});
