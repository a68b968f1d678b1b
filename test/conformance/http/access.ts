/** §1 and §2: who gets in, by address and by credentials. §7: the schemes behind the uri. */
import { Momentum } from '../../../src';
import { challenge, digestStatus, ha1 } from './credentials';
import { alice, BASIC, conf, HELLO, hello, LISTEN, serve, statusUnder, web, type Declare } from './server';

const wrong = { user: 'alice', password: 'wrong' };

function access(row: Declare): void {
  row('http-1-8', async () => {
    const parameters = 'AuthPlainParameters = [ uri = "file:///etc/http-passwd" ]';
    expect(await statusUnder(parameters)).toBe(200);
    expect(await statusUnder(`Enable_Authentication = false ${parameters}`)).toBe(200);
    expect(await statusUnder(`Enable_Authentication = true ${parameters}`)).toBe(401);
    expect(await statusUnder(`Enable_Authentication = true ${parameters}`, { auth: alice })).toBe(200);
  });

  row('http-1-9a', async () => {
    expect(await statusUnder(`${BASIC} Always_Allow = true`)).toBe(200);
    expect(await statusUnder(`${BASIC} Always_Allow = true`, { auth: wrong })).toBe(200);
  });

  row('http-1-9b', async () => {
    expect(await statusUnder('Always_Deny = true')).toBe(403);
    expect(await statusUnder(`${BASIC} Always_Deny = true`, { auth: alice })).toBe(403);
    expect(await statusUnder('Always_Deny = true Always_Allow = true')).toBe(403);
  });

  row('http-1-9c', async () => {
    expect(await statusUnder('')).toBe(200);
    expect(await statusUnder(BASIC)).toBe(401);
  });

  row('http-2-2', async () => {
    await using mta = await serve(`${BASIC} Peer "127.0.0.1" { Always_Deny = true }`);
    const denied = await mta.request({ ...hello, auth: wrong });
    expect([denied.status, denied.headers['www-authenticate']]).toEqual([403, undefined]);
  });

  row('http-2-3', async () => {
    const unknown = { url: '/unknown' };
    await using mta = await serve(BASIC);
    expect((await mta.request(unknown)).status).toBe(401);
    expect((await mta.request({ ...unknown, auth: alice })).status).toBe(404);
  });
}

function mechanisms(row: Declare): void {
  row('http-1-10a', async () => {
    await using mta = await serve(BASIC);
    const refused = await mta.request({ ...hello, auth: wrong });
    expect(refused.status).toBe(401);
    expect(challenge(refused, 'Basic')).toHaveProperty('realm');
    expect((await mta.request({ ...hello, auth: alice })).text).toBe('hello');
  });

  row('http-1-10b', async () => {
    const logging = (value: string) =>
      `Enable_Authentication = true
       AuthPlainParameters = [ uri = "file:///etc/http-passwd" log_authentication = "${value}" ]`;
    await using mta = await serve(logging('true'));
    await mta.request({ ...hello, auth: alice });
    await mta.request({ ...hello, auth: wrong });
    expect(mta.acctlog.map(({ text }) => text.replace(/^\d+/, 'TIME'))).toEqual([
      'TIME@N@*:2081@127.0.0.1:40000@alice@1',
      'TIME@N@*:2081@127.0.0.1:40000@alice@0',
    ]);
    await using silent = await serve(logging('false'));
    await silent.request({ ...hello, auth: alice });
    expect(silent.acctlog).toEqual([]);
  });

  row('http-1-11', async () => {
    await using mta = await serve(
      'Enable_Authentication = true AuthDigestMD5Parameters = [ uri = "file:///etc/http-passwd" realm = "mail" ]',
    );
    expect(challenge(await mta.request(hello), 'Digest')).toMatchObject({ realm: 'mail' });
    expect(await digestStatus(mta, 'alice', 'secret')).toBe(200);
    expect(await digestStatus(mta, 'alice', 'wrong')).toBe(401);
    expect((await mta.request({ ...hello, auth: alice })).status).toBe(401);
  });
}

/** A server whose users are checked by the scheme of `uri`. */
const withScheme = (uri: string, options: Parameters<typeof Momentum.start>[0] = {}, more = '') =>
  Momentum.start({
    modules: [HELLO],
    config: conf(`Enable_Authentication = true AuthPlainParameters = [ uri = "${uri}" ] ${LISTEN}`, more),
    ...options,
  });

async function statusOf(mta: Momentum, user: string, password: string): Promise<number> {
  return (await mta.request({ ...hello, auth: { user, password } })).status;
}

const SCHEME = (where: string) => ({
  name: 'login',
  source: `
    local mod, scheme = {}, {}
    local answers = { ok = msys.core.EC_AUTH_OK, fail = msys.core.EC_AUTH_FAIL, error = msys.core.EC_AUTH_ERROR }
    function scheme:authenticate(filename, params, username, password)
      print(self == scheme, filename, type(params), username, password)
      return answers[password]
    end
    function mod:init() ${where === 'init' ? 'msys.registerAuth("mine", scheme)' : ''} return true end
    function mod:rsrc_setup() ${where === 'rsrc_setup' ? 'msys.registerAuth("mine", scheme)' : ''} return true end
    msys.registerModule("login", mod)`,
});

const HOOKS = {
  name: 'login',
  source: `
    require("msys.core")
    local mod = {}
    local answers = { ok = msys.core.EC_AUTH_OK, error = msys.core.EC_AUTH_ERROR }
    function mod:ac_auth_perform_auth(username, password, ac, response)
      print("perform", username, password, ac.remote_addr, ac.protocol == msys.core.P_ESMTP)
      if password == "polite" then
        local text = "531 Get out of town"
        response:write(text, #text)
      end
      return answers[password] or msys.core.EC_AUTH_FAIL
    end
    function mod:ac_auth_log_auth_failure(username, ac, response)
      print("failure", username, ac.remote_addr, tostring(response))
    end
    msys.registerModule("login", mod)`,
};
const withHooks = () => withScheme('ac_auth://', { modules: [HELLO, HOOKS] }, 'ac_auth { }');
const messages = (mta: Momentum) => mta.paniclog.map(({ message }) => message);

function schemes(row: Declare): void {
  row('http-7-1', async () => {
    const files = { '/etc/users': '# who may\nalice:secret\n#bob:builder\ncarol:x\n' };
    await using mta = await withScheme('file:///etc/users', { files });
    expect(await statusOf(mta, 'alice', 'secret')).toBe(200);
    expect(await statusOf(mta, 'carol', 'x')).toBe(200);
    expect(await statusOf(mta, 'alice', 'x')).toBe(401);
    expect(await statusOf(mta, '#bob', 'builder')).toBe(401);
    expect(await statusOf(mta, 'bob', 'builder')).toBe(401);
  });

  row('http-7-2', async () => {
    const files = { '/etc/digests': `# made by htdigest\nalice:mail:${ha1('alice', 'mail', 'secret')}\n` };
    await using mta = await withScheme('digest:///etc/digests', { files });
    expect(await statusOf(mta, 'alice', 'secret')).toBe(200);
    expect(await statusOf(mta, 'alice', 'wrong')).toBe(401);
    const parameters = '[ uri = "digest:///etc/digests" realm = "mail" ]';
    await using digested = await serve(
      `Enable_Authentication = true AuthDigestMD5Parameters = ${parameters}`,
      {
        files,
      },
    );
    expect(await digestStatus(digested, 'alice', 'secret')).toBe(200);
    expect(await digestStatus(digested, 'alice', 'wrong')).toBe(401);
  });

  row('http-7-3', async () => {
    const scheme = (authenticate: string) =>
      `auth_ds { Scheme "users" { Authenticate { cache = "auth" ${authenticate} } } }`;
    const sqlite = `CREATE TABLE users (name TEXT, password TEXT, md5 TEXT);
      INSERT INTO users VALUES ('alice', 'secret', '5ebe2294ecd0e0f08eab7690d2a6ee69')`;
    const CHECKED = `query = "SELECT 1 FROM users WHERE name = :user AND password = :pass"
      map = [ user = "%{username}" pass = "%{password}" ]`;
    const GIVEN = `query = "SELECT name, password, md5 FROM users WHERE name = :user" map = [ user = "%{username}" ]
      returns_password = "true"`;
    for (const authenticate of [
      CHECKED,
      `${GIVEN} password_column = "password"`,
      `${GIVEN} password_column = "md5" type = "md5"`,
    ]) {
      const options = { datasources: { auth: { sqlite } } };
      await using mta = await withScheme('users://', options, scheme(authenticate));
      const statuses = [await statusOf(mta, 'alice', 'secret'), await statusOf(mta, 'alice', 'wrong')];
      expect([authenticate, ...statuses, await statusOf(mta, 'bob', 'secret')]).toEqual([
        authenticate,
        200,
        401,
        401,
      ]);
    }
    await using missing = await withScheme('users://', {}, scheme(CHECKED));
    expect(await statusOf(missing, 'alice', 'secret')).toBe(500);
    expect(messages(missing)).toEqual(["users://: there is no data source 'auth'"]);
  });

  row('http-7-4a', async () => {
    await using mta = await withScheme('mine:///a/file', { modules: [HELLO, SCHEME('init')] });
    expect(await statusOf(mta, 'alice', 'ok')).toBe(200);
    expect(messages(mta)).toEqual(['true\t/a/file\tuserdata\talice\tok']);
  });

  row('http-7-4b', async () => {
    const starting = withScheme('mine://', { modules: [HELLO, SCHEME('rsrc_setup')] });
    await expect(starting).rejects.toThrow('has to be called from an init function');
  });

  row('http-7-5a', async () => {
    await using mta = await withHooks();
    expect(await statusOf(mta, 'alice', 'ok')).toBe(200);
    expect(messages(mta)).toEqual(['perform\talice\tok\t127.0.0.1:40000\tfalse']);
  });

  row('http-7-5b', async () => {
    await using mta = await withHooks();
    expect(await statusOf(mta, 'alice', 'wrong')).toBe(401);
    expect(messages(mta).slice(1)).toEqual(['failure\talice\t127.0.0.1:40000\t']);
  });

  row('http-7-6a', async () => {
    const statuses = { ok: 200, fail: 401, error: 500 };
    await using scheme = await withScheme('mine://', { modules: [HELLO, SCHEME('init')] });
    await using hooks = await withHooks();
    for (const mta of [scheme, hooks])
      for (const [password, status] of Object.entries(statuses))
        expect(await statusOf(mta, 'alice', password)).toBe(status);
    expect([...hooks.diagnostics, ...scheme.diagnostics]).toEqual([]);
    expect(messages(scheme)).toHaveLength(3);
    expect(messages(hooks)).toHaveLength(4);
  });

  row('http-7-6b', async () => {
    await using mta = await withHooks();
    expect(await statusOf(mta, 'alice', 'polite')).toBe(401);
    expect(messages(mta).at(-1)).toBe('failure\talice\t127.0.0.1:40000\t531 Get out of town');
  });

  row('http-7-6c', async () => {
    await using mta = await withHooks();
    await statusOf(mta, 'alice', 'ok');
    expect(messages(mta).at(-1)).toMatch(/\tfalse$/);
    await using http = await Momentum.start({
      modules: [
        web(`msys.httpsrv.register("GET", "/", function(session)
          local ac = session:request_accept_construct_get()
          session:response_string(tostring(ac.protocol == msys.core.P_ESMTP))
        end)`),
      ],
    });
    expect((await http.request({ url: '/' })).text).toBe('false');
    const listener =
      'ESMTP_Listener { SMTP_Extensions = ( "AUTH LOGIN" ) AuthLoginParameters = [ uri = "ac_auth://" ] Listen ":25" { } }';
    await using smtp = await withScheme('ac_auth://', { modules: [HELLO, HOOKS] }, `ac_auth { } ${listener}`);
    await smtp.smtp.session({ auth: { user: 'alice', password: 'ok' } }).ehlo();
    expect(messages(smtp).at(-1)).toMatch(/^perform\talice\tok\t.*\ttrue$/);
  });
}

export function accessControl(row: Declare): void {
  access(row);
  mechanisms(row);
  schemes(row);
}
