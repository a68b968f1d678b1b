import type { Runtime } from '../../src/api/runtime';
import { toTest } from '../../src/api/convert';
import { Momentum } from '../../src';
import { LuaFunction } from '../../src/lua';
import { assemble } from '../../src/scriptlet/load';
import { runConfigWords } from '../../src/server/config/commands';
import { ConfigManager } from '../../src/server/config/manager';
import { inProcessSession } from '../../src/server/console/builtin/session';
import { ServerState } from '../../src/server/server';
import { memoryFiles } from '../server/config/support';

const TEXT = `
  Max_Outbound_Connections = 30
  Suspend_Delivery = enabled
  Relay_Hosts = ( "10.0.0.1" 10.0.0.2 )
  Relay_Domains = only.test
  mine = ( 1 [ a = b ] )
  Max_Retries = many
  domain "yahoo.com" { gateway = "grüße.test" }`;

/** Runs Lua in a server with that configuration; answers its results and the manager. */
async function run(body: string, phase: 'eval' | 'init' = 'eval') {
  const manager = new ConfigManager({
    files: memoryFiles({}),
    apply: (next) =>
      Promise.resolve(
        next.get([], 'x')?.text === 'bad' ? { ok: false, error: new Error('refused') } : { ok: true },
      ),
  });
  manager.load({ text: TEXT });
  const session = inProcessSession();
  const server = new ServerState({ now: new Date(0), seed: 1 });
  const script = { name: 'test', path: undefined, text: `f = function() ${body} end`, isNamed: false };
  const { runtime } = await assemble(server, [script], {
    roots: [],
    fakes: new Map(),
    system: {},
    memory: () => undefined,
    onError: (error: unknown) => {
      throw error;
    },
  });
  const config: Runtime['config'] = { run: (words) => runConfigWords(manager, session, words) };
  Object.assign(runtime, { config });
  const f = runtime.vm.globals.index('f');
  if (!(f instanceof LuaFunction)) throw new Error('no function');
  const results = await runtime.vm.call(f, [], { phase });
  return { results: results.map((value) => toTest(runtime.vm, value)), manager };
}

test.each<[string, unknown, string]>([
  ['"get", "max_outbound_connections"', 30, 'Max_Outbound_Connections = 30'],
  [
    '"get", "domain", "yahoo.com", "max_outbound_connections"',
    undefined,
    "Option 'Max_Outbound_Connections' is not set in scope 'Domain:yahoo.com:'.",
  ],
  ['"eval", "domain", "yahoo.com", "max_outbound_connections"', 30, 'Max_Outbound_Connections = 30'],
  ['"get", "domain", "yahoo.com", "gateway"', 'grüße.test', 'Gateway = "grüße.test"'],
  ['"get", "suspend_delivery"', 1, 'Suspend_Delivery = enabled'],
  ['"eval", "blackhole"', 0, 'Blackhole = 0'],
  ['"get", "relay_hosts"', ['10.0.0.1', '10.0.0.2'], 'Relay_Hosts = (\n  "10.0.0.1"\n  10.0.0.2\n)'],
  ['"get", "relay_domains"', ['only.test'], 'Relay_Domains = only.test'],
  ['"get", "mine"', ['1', { a: 'b' }], 'mine = (\n  1\n  [\n    a = b\n  ]\n)'],
  ['"get", "max_retries"', 'many', 'Max_Retries = many'],
  ['"locate", "domain"', true, 'Domain "yahoo.com"\n  is at Domain:yahoo.com:'],
  ['"set", "max_retries", 5', 5, 'Max_Retries = 5'],
  ['"set", "domain", "a b.test", "gateway", "x#y"', 'x#y', 'Gateway = "x#y"'],
  ['"set", "relay_hosts", "(", "a", "b c", ")"', ['a', 'b', 'c'], 'Relay_Hosts = (\n  a\n  b\n  c\n)'],
  ['"set", "relay_hosts", "=", "( a b )"', ['a', 'b'], 'Relay_Hosts = (\n  a\n  b\n)'],
  [
    '"unset", "suspend_delivery"',
    0,
    '"Suspend_Delivery" has been unset. Effective value is now:\n        Suspend_Delivery = 0',
  ],
  ['"set", "x", "bad"', undefined, 'refused'],
  [
    '"fly"',
    undefined,
    "config: unknown action 'fly'; there are begin, commit, eval, get, locate, reload, replay, rollback, set, show, showrecurse, unset, writeback",
  ],
])('msys.config(%s)', async (words, value, text) => {
  const { results } = await run(`return msys.config(${words})`);
  expect(results).toEqual([value, text]);
});

test('a set waits until the configuration is in use', async () => {
  const { results, manager } = await run(`
    msys.config("set", "domain", "yahoo.com", "max_outbound_connections", "7")
    return (msys.config("get", "domain", "yahoo.com", "max_outbound_connections"))`);
  expect(results).toEqual([7]);
  expect(manager.running.delivery('max_outbound_connections', { domain: 'yahoo.com' })?.number()).toBe(7);
});

test('a transaction of a script', async () => {
  const { results } = await run(`
    msys.config("begin")
    msys.config("set", "max_retries", "7")
    local _, commands = msys.config("replay")
    local done = msys.config("commit")
    return commands, done, (msys.config("get", "max_retries"))`);
  expect(results).toEqual(['config set max_retries 7', true, 7]);
});

test('while a configuration is being committed, scripts read it and do not change it', async () => {
  const { results, manager } = await run(
    'return msys.config("get", "max_outbound_connections"), msys.config("set", "max_retries", "7")',
    'init',
  );
  expect(results).toEqual([
    30,
    undefined,
    'The configuration is being committed: it cannot be changed before that is done.',
  ]);
  expect(manager.running.get([], 'max_retries')?.text).toBe('many');
});

test('no argument', async () => {
  await using mta = await Momentum.start({ strict: { BAD_ARGUMENT: 'warn' } });
  await expect(mta.eval('msys.config()')).rejects.toThrow("bad argument #1 to 'config'");
});
