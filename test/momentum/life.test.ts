import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import request from 'supertest';
import { Momentum, UsageError } from '../../src';
import '../../src/jest';

const moduleWith = (answer: string, more = '') => `
  local mod = {}
  function mod:rsrc_setup()
    msys.httpsrv.register("GET", "/${answer}", function(session)
      session:response_status_set_std(200, "${answer} answers", "text/plain")
    end)
    msys.registerControl("${answer}", function() print("${answer}") end)
    return true
  end
  function mod:deinit() print("deinit ${answer}") return true end
  ${more}
  msys.registerModule("mod", mod)`;

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'momentum-sim-'));
  file = path.join(directory, 'mod.lua');
});
afterEach(() => rmSync(directory, { recursive: true }));

const messages = (mta: Momentum) => mta.paniclog.map(({ message }) => message);

describe('reload', () => {
  test('swaps to what the file is now, and retires the old generation', async () => {
    writeFileSync(file, moduleWith('first'));
    const mta = await Momentum.start({ modules: [file], domains: ['example.com'] });
    expect((await request(mta.http).get('/first')).text).toBe('first answers');
    writeFileSync(file, moduleWith('second one'));
    expect(await mta.reload()).toEqual({ ok: true, output: 'Reconfigure complete.' });
    expect(mta.endpoints).toEqual([{ method: 'GET', path: '/second one' }]);
    expect(mta.commands).toEqual(['second one']);
    expect((await request(mta.http).get('/second%20one')).text).toBe('second one answers');
    expect((await request(mta.http).get('/first')).status).toBe(404);
    expect(messages(mta)).toEqual(['deinit first']);
    expect(mta.domain('example.com')).toBeDefined();
  });

  test.each([
    ['syntax error', 'local ='],
    ['error in the chunk', 'error("no")'],
    ['init that fails', moduleWith('second', 'function mod:init() return false end')],
    ['rsrc_setup that raises', moduleWith('second', 'function mod:rsrc_setup() error("no") end')],
  ])('%s: leaves everything as it was', async (_case, broken) => {
    writeFileSync(file, moduleWith('first'));
    const mta = await Momentum.start({ modules: [file] });
    writeFileSync(file, broken);
    const { ok, output, error } = await mta.reload();
    expect({ ok, output }).toEqual({ ok: false, output: 'Reconfigure failed' });
    expect(error).toMatchObject({ code: 'CONFIG', file });
    expect(mta).toHaveEndpoint('GET', '/first');
    expect(mta.endpoints).toHaveLength(1);
    expect(String(await mta.console('first'))).toBe('first\n');
    expect(messages(mta)).not.toContain('deinit first');
    writeFileSync(file, moduleWith('third'));
    expect(await mta.reload()).toMatchObject({ ok: true });
    expect(mta).toHaveEndpoint('GET', '/third');
  });

  test('starts with fresh state, and registers again per generation', async () => {
    const mta = await Momentum.start({ modules: ['fixtures/stateful.lua'] });
    await mta.request({ method: 'POST', url: '/count' });
    await mta.reload();
    await mta.reload();
    expect(mta.endpoints).toEqual([{ method: 'POST', path: '/count' }]);
    expect((await mta.request({ method: 'POST', url: '/count' })).text).toBe('1');
    expect(mta.journal.calls('msys.httpsrv.register')).toHaveLength(3);
  });

  test('reloads at the same time take turns', async () => {
    const mta = await Momentum.start({ modules: ['fixtures/lifecycle.lua'] });
    const results = await Promise.all([mta.reload(), mta.reload()]);
    expect(results.map(({ ok }) => ok)).toEqual([true, true]);
    const life = ['chunk', 'init', 'rsrc_setup'].map((step) => `lifecycle: ${step}`);
    expect(messages(mta)).toEqual([...life, ...life, 'lifecycle: deinit', ...life, 'lifecycle: deinit']);
  });
});

describe('stop', () => {
  test('calls deinit once, however often it is called', async () => {
    const mta = await Momentum.start({ modules: ['fixtures/lifecycle.lua'] });
    await Promise.all([mta.stop(), mta.stop()]);
    await mta[Symbol.asyncDispose]();
    expect(messages(mta).filter((message) => message === 'lifecycle: deinit')).toHaveLength(1);
  });

  test('afterwards the server can be looked at, not used', async () => {
    const mta = await Momentum.start({ modules: ['fixtures/stateful.lua'], domains: ['example.com'] });
    await mta.stop();
    await expect(mta.request({ url: '/count' })).rejects.toThrow(UsageError);
    await expect(mta.console('count_reset')).rejects.toThrow('has been stopped');
    await expect(mta.eval('1')).rejects.toThrow(UsageError);
    await expect(mta.reload()).rejects.toThrow(UsageError);
    await expect(mta.listen({ http: 0 })).rejects.toThrow(UsageError);
    expect(mta.domain('example.com')).not.toBeDelayed();
    expect(mta.snapshot()).toMatchObject({ endpoints: [{ path: '/count' }] });
  });

  test('closes the sockets', async () => {
    const mta = await Momentum.start({ modules: ['fixtures/stateful.lua'] });
    const { http } = await mta.listen({ http: 0, control: 0 });
    const url = `http://127.0.0.1:${http!.port}/count`;
    expect((await fetch(url, { method: 'POST' })).status).toBe(200);
    await mta.stop();
    await expect(fetch(url)).rejects.toThrow();
    expect(mta.http.listening).toBe(false);
  });
});

test('print: to the console in a command, to the paniclog elsewhere', async () => {
  const source = `
    print("chunk", 1)
    msys.registerControl("say", function(cc) print("console", cc.argc, nil, true) end)
    msys.httpsrv.register("GET", "/say", function() print("handler") end)`;
  const mta = await Momentum.start({ modules: [{ name: 'say', source }] });
  expect((await mta.console('say')).output).toBe('console\t1\tnil\ttrue\n');
  await mta.request({ url: '/say' });
  await mta.eval('print("eval")');
  expect(messages(mta)).toEqual(['chunk\t1', 'handler', 'eval']);
});

test('listen: wrong addresses are UsageErrors', async () => {
  const mta = await Momentum.start();
  await expect(mta.listen({ http: 'nonsense' })).rejects.toThrow(UsageError);
  await mta.listen({ http: '127.0.0.1:0' });
  await expect(mta.listen({ http: 0 })).rejects.toThrow('listening already');
});
