import { Momentum } from '../../src';

const READ = `
  local r = msys.os.statvfs_subscribe('/tmp', 10)
  local st, e = msys.os.statvfs_read(r)`;

test('the fields of a sample', async () => {
  await using mta = await Momentum.start({ files: { '/tmp/x': '' } });
  expect(
    await mta.eval(
      `${READ} return st.version, st['kilobytes_available'] <= st['kilobytes_total'], st.objects_available <= st.objects_total, e`,
    ),
  ).toEqual([1, true, true, undefined]);
  expect(await mta.eval(`${READ} return msys.type(r), msys.type(st)`)).toEqual([
    'msys.core:_ec_statvfs_record_t',
    'msys.core:_ec_statvfs',
  ]);
});

test('a path that is not there: nil and the reason, when it is read', async () => {
  await using mta = await Momentum.start();
  expect(await mta.eval(`msys.os.statvfs_read(msys.os.statvfs_subscribe('/nowhere', 0))`)).toEqual([
    undefined,
    '/nowhere: No such file or directory',
  ]);
});

test('the record is needed, a path will not do; an interval is no negative number', async () => {
  await using mta = await Momentum.start();
  await expect(mta.eval(`msys.os.statvfs_read('/tmp')`)).rejects.toThrow("bad argument #1 to 'statvfs_read'");
  await expect(mta.eval(`msys.os.statvfs_subscribe('/tmp', -1)`)).rejects.toThrow('bad argument #2');
  expect(mta.diagnostics.has('BAD_ARGUMENT')).toBe(true);
});
