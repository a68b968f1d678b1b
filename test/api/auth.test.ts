import { Momentum } from '../../src';
import '../../src/jest';
import { scriptAuth } from '../../src/api/auth-hooks';
import { assemble } from '../../src/scriptlet/load';
import { AcceptConstruct } from '../../src/server/accept-construct';
import { Authenticator } from '../../src/server/auth/authenticator';
import type { AuthRequest } from '../../src/server/auth/scheme';
import { VirtualFiles } from '../../src/server/files/virtual-files';
import { ServerState } from '../../src/server/server';
import { SocketAddress } from '../../src/server/socket-address';

/** A module with `init`; `mod` and `msys.core` are at hand. */
const moduleOf = (source: string, init = '') => `
  require("msys.core")
  local mod = {}
  ${source}
  function mod:init() ${init} return true end
  msys.registerModule("login", mod)`;

/** In the spirit of the example of 4/lua/ref-msys-register-auth. */
const SCHEME = moduleOf(
  `
  local auth = {}
  function auth:enumGroups(user)
    if user == "root" then return { "root", "admin" } end
    if user == "down" then return msys.core.EC_AUTH_ERROR end
    if user == "ok" then return msys.core.EC_AUTH_OK end
    if user == "odd" then return { "a", {} } end
    return msys.core.EC_AUTH_FAIL
  end
  function auth:queryGroups() return { "root", "admin", "users" } end
  local answers = {
    none = function() end,
    boolean = function() return true end,
    zero = function() return 0 end,
    boom = function() error("no database") end,
    down = function() return msys.core.EC_AUTH_ERROR end,
  }
  function auth:authenticate(file, params, user, password)
    local function param(name) return (select(2, msys.core.dict_key_exists_and_fetch(params, name))) end
    print(self == auth, file, user, password, param("uri"), param("crypt"), param("log_authentication"))
    if answers[user] then return answers[user]() end
    return password == "letmein" and msys.core.EC_AUTH_OK or msys.core.EC_AUTH_FAIL
  end`,
  'msys.registerAuth("myscheme", auth)',
);

/** In the spirit of the example of 4/modules/ac-auth. */
const HOOKS = moduleOf(`
  function mod:ac_auth_perform_auth(username, password, ac, response)
    print(username, password, ac.remote_addr, ac.conn_id)
    print(ac.protocol == msys.core.P_ESMTP, ac.inst.address)
    if username == "boom" then error("no database") end
    if username == "none" then return end
    if password == "test2006" then return msys.core.EC_AUTH_OK end
    local text = "531 Get out of town"
    if password == "testx" then response:write(text, #text) end
    return msys.core.EC_AUTH_FAIL
  end
  function mod:ac_auth_log_auth_failure(username, ac, response)
    print("auth failure", username, ac.remote_addr, response)
  end`);

const AC = new AcceptConstruct('http', SocketAddress.ip('192.0.2.7', 4711), '*:2081', '3F/A0-00001-31B987F3');

/** An authenticator over one generation of scripts, as the server has it. */
async function start(text: string) {
  const server = new ServerState({ now: new Date(0), seed: 1 });
  const errors: Error[] = [];
  const onError = (error: unknown) => void errors.push(error as Error);
  const script = { name: 'login', path: undefined, text, isNamed: false };
  const options = { roots: [], fakes: new Map(), system: {}, memory: () => undefined, onError };
  const { runtime, hooks } = await assemble(server, [script], options);
  const auth = new Authenticator({
    files: new VirtualFiles([], [], server.clock),
    logs: server.logs,
    scripts: () => scriptAuth(runtime, hooks),
    onError,
  });
  const login = (uri: string, user: string, password: string, more: Partial<AuthRequest> = {}) =>
    auth.authenticate({ uri, user, password, ac: AC, ...more });
  return {
    auth,
    login,
    errors,
    printed: () => server.logs.paniclog.map(({ message }) => message),
    codes: () => [...server.diagnostics].map(({ code }) => code),
    reports: () => [...server.diagnostics],
  };
}

describe('a scheme of msys.registerAuth', () => {
  test.each([
    ['root', 'letmein', 'ok'],
    ['root', 'guess', 'fail'],
    ['down', 'letmein', 'error'],
  ])('%s with %s: %s', async (user, password, status) => {
    const { login, codes, errors } = await start(SCHEME);
    expect(await login('myscheme://', user, password)).toEqual({ status });
    expect([codes(), errors]).toEqual([[], []]);
  });

  test('gets the table, the file name of the uri, the parameters, user and password', async () => {
    const { login, printed } = await start(SCHEME);
    await login('myscheme:///a/b', 'tim', 'x', { params: { log_authentication: 'true' } });
    expect(printed()).toEqual(['true\t/a/b\ttim\tx\tmyscheme:///a/b\tclear\ttrue']);
  });

  test.each([
    ['none', 'nothing'],
    ['boolean', 'the boolean true'],
    ['zero', 'the number 0'],
  ])('%s is no answer: nobody gets in, and the test fails', async (user, returned) => {
    const { login, reports } = await start(SCHEME);
    expect(await login('myscheme://', user, 'letmein')).toEqual({ status: 'error' });
    expect(reports()).toMatchObject([
      {
        code: 'AUTH_RESULT',
        severity: 'violation',
        message: expect.stringContaining(
          `authenticate() of the authentication scheme myscheme returned ${returned}; it has to return`,
        ) as string,
        frames: [{ line: 21 }],
      },
    ]);
  });

  test('a Lua error is an error, and is handed on like that of a handler', async () => {
    const { login, errors } = await start(SCHEME);
    expect(await login('myscheme://', 'boom', 'letmein')).toEqual({ status: 'error' });
    expect(errors).toMatchObject([
      { code: 'LUA_ERROR', message: expect.stringContaining('no database') as string },
    ]);
  });

  test('groups', async () => {
    const { auth, codes } = await start(SCHEME);
    const uri = 'myscheme://';
    expect(await auth.groupsOf(uri, 'root')).toEqual({ status: 'ok', groups: ['root', 'admin'] });
    expect(await auth.groupsOf(uri, 'nobody')).toEqual({ status: 'fail', groups: [] });
    expect(await auth.groupsOf(uri, 'down')).toEqual({ status: 'error', groups: [] });
    expect(await auth.allGroups(uri)).toEqual({ status: 'ok', groups: ['root', 'admin', 'users'] });
    expect(codes()).toEqual([]);
    expect(await auth.groupsOf(uri, 'ok')).toEqual({ status: 'error', groups: [] });
    expect(await auth.groupsOf(uri, 'odd')).toEqual({ status: 'error', groups: [] });
    expect(codes()).toEqual(['AUTH_RESULT', 'AUTH_RESULT']);
  });

  test('without the function that is asked for', async () => {
    const { auth, login, printed } = await start(
      moduleOf('', 'msys.registerAuth("half", { queryGroups = function() return {} end })'),
    );
    expect(await login('half://', 'a', 'b')).toEqual({ status: 'error' });
    expect(await auth.groupsOf('half://', 'a')).toEqual({ status: 'error', groups: [] });
    expect(await auth.allGroups('half://')).toEqual({ status: 'ok', groups: [] });
    expect(printed()).toEqual([
      "half://: the table of the scheme 'half' has no function authenticate",
      "half://: the table of the scheme 'half' has no function enumGroups",
    ]);
  });
});

describe('ac_auth', () => {
  test('the hook gets user, password, accept construct and response', async () => {
    const { login, printed } = await start(HOOKS);
    expect(await login('ac_auth://', 'Test User', 'test2006')).toEqual({ status: 'ok' });
    expect(printed()).toEqual(['Test User\ttest2006\t192.0.2.7:4711\t3F/A0-00001-31B987F3', 'false\t*:2081']);
  });

  test('P_ESMTP tells SMTP from the rest', async () => {
    const { login, printed } = await start(HOOKS);
    const ac = new AcceptConstruct('smtp', SocketAddress.ip('2001:db8::1', 25), '*:25', 'x');
    await login('ac_auth://', 'a', 'test2006', { ac });
    expect(printed()[0]).toContain('\t[2001:db8::1]:25\t');
    expect(printed()[1]).toBe('true\t*:25');
  });

  test.each([
    ['testx', { status: 'fail', response: '531 Get out of town' }, '531 Get out of town'],
    ['guess', { status: 'fail' }, ''],
  ])('a refusal (%s) is told to the other hook', async (password, verdict, response) => {
    const { login, printed } = await start(HOOKS);
    expect(await login('ac_auth://', 'eve', password)).toEqual(verdict);
    expect(printed().at(-1)).toBe(`auth failure\teve\t192.0.2.7:4711\t${response}`);
  });

  test('an error, and no answer', async () => {
    const { login, errors, reports } = await start(HOOKS);
    expect(await login('ac_auth://', 'boom', 'x')).toEqual({ status: 'error' });
    expect(errors).toMatchObject([{ message: expect.stringContaining('no database') as string }]);
    expect(await login('ac_auth://', 'none', 'x')).toEqual({ status: 'error' });
    expect(reports()).toMatchObject([
      {
        code: 'AUTH_RESULT',
        message: expect.stringMatching(
          /^ac_auth_perform_auth\(\) of module login returned nothing/,
        ) as string,
      },
    ]);
  });

  test('without a provider', async () => {
    const { login, printed } = await start(SCHEME);
    expect(await login('ac_auth://', 'a', 'b')).toEqual({ status: 'error' });
    expect(printed()).toEqual(['ac_auth://: no module provides the hook ac_auth_perform_auth']);
  });
});

describe('registering', () => {
  const TABLE = '{ authenticate = function() end }';
  const late = `msys.registerAuth("late", ${TABLE})`;

  test('is for init: later it is a violation', async () => {
    await using mta = await Momentum.start();
    await expect(mta.eval(late)).rejects.toThrow('msys.registerAuth("late") outside of init');
    expect(mta).toHaveDiagnostic('AUTH_REGISTRATION');
  });

  test.each([
    ['in the chunk', late, 'outside of init'],
    [
      'a name of the product’s',
      moduleOf('', `msys.registerAuth("file", ${TABLE})`),
      'takes the name of a scheme',
    ],
    ['a name for no uri', moduleOf('', `msys.registerAuth("a:b", ${TABLE})`), 'cannot stand before ://'],
    ['an empty name', moduleOf('', `msys.registerAuth("", ${TABLE})`), 'cannot stand before ://'],
    [
      'no function',
      moduleOf('', 'msys.registerAuth("x", { Authenticate = print })'),
      'without any of the functions',
    ],
    ['no table', moduleOf('', 'msys.registerAuth("x")'), "bad argument #2 to 'registerAuth'"],
  ])('%s: the configuration is refused', async (_what, source, message) => {
    await expect(Momentum.start({ modules: [{ name: 'login', source }] })).rejects.toThrow(message);
  });

  test('with strict off it is a warning', async () => {
    await using mta = await Momentum.start({ strict: false });
    expect(await mta.eval(late)).toEqual([]);
    expect(mta).toHaveDiagnostic('AUTH_REGISTRATION');
  });
});
