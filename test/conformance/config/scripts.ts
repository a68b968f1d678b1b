import { Momentum } from '../../../src';
import { printed, setup, withConfig, type TestRow } from './support';

const SAMPLE = 'max_retries = 3 max_outbound_connections = 30 domain "yahoo.com" { max_retries = 5 }';

/** 3. `msys.config`, 5. `msys.readfile`. */
export function scripts(row: TestRow): void {
  const gives = (id: string, words: string, results: unknown[]) =>
    row(id, async () => {
      expect(await (await withConfig(SAMPLE)).eval(`msys.config(${words})`)).toEqual(results);
    });
  gives('config-3-p1a', '"get", "domain", "yahoo.com", "max_retries"', [5, 'Max_Retries = 5']);
  gives('config-3-p1b', '"get", "max_outbound_connections"', [30, 'Max_Outbound_Connections = 30']);
  gives('config-3-p1c', '"get", "domain", "yahoo.com", "max_outbound_connections"', [
    undefined,
    "Option 'Max_Outbound_Connections' is not set in scope 'Domain:yahoo.com:'.",
  ]);
  gives('config-3-p1d', '"eval", "domain", "yahoo.com", "max_outbound_connections"', [
    30,
    'Max_Outbound_Connections = 30',
  ]);
  row('config-3-p1e', async () => {
    const mta = await withConfig(SAMPLE, { modules: setup('print((msys.config("eval", "max_retries")))') });
    expect(await mta.eval('msys.config("set", "max_retries", "7")')).toEqual([7, 'Max_Retries = 7']);
    expect(printed(mta)).toEqual(['3', '7']);
  });
  readfile(row);
}

function readfile(row: TestRow): void {
  const start = () =>
    Momentum.start({ files: { '/opt/list.txt': 'one\ntwo\n', '/opt/bytes': Buffer.from([0, 255, 10]) } });
  row('config-5-p1a', async () => {
    const mta = await start();
    expect(await mta.eval('msys.readfile("/opt/list.txt")')).toEqual(['one\ntwo\n']);
    expect(await mta.eval('msys.readfile("/opt/bytes")')).toEqual([Buffer.from([0, 255, 10])]);
  });
  row('config-5-p1b', async () => {
    expect(await (await start()).eval('msys.readfile("/opt/none")')).toEqual([
      undefined,
      '/opt/none: No such file or directory',
    ]);
  });
  row('config-5-p1c', async () => {
    const mta = await start();
    await mta.eval('order = {}');
    await Promise.all([
      mta.eval('table.insert(order, "reads") msys.readfile("/opt/list.txt") table.insert(order, "has read")'),
      mta.eval('table.insert(order, "another session")'),
    ]);
    expect(await mta.eval('table.concat(order, ", ")')).toEqual(['reads, another session, has read']);
    expect(await mta.eval('msys.threadpool.stat("IO").invocations')).toEqual([1]);
  });
  row('config-5-p1d', async () => {
    const mta = await start();
    expect(await mta.eval('msys.readfile("file:///opt/list.txt")')).toEqual(['one\ntwo\n']);
    // Protocols of other io wrappers are known by name.
    await expect(mta.eval('msys.readfile("http://example.test/")')).rejects.toThrow(
      "the protocol of 'http://example.test/' is not simulated",
    );
    expect(mta).toHaveDiagnostic('NOT_SIMULATED');
  });
}
