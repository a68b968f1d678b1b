/** Choices about credentials and the schemes behind them. */
import { Momentum, type MomentumOptions } from '../../../src';
import { challenge, digest, ha1 } from './credentials';
import { alice, BASIC, conf, HELLO, hello, LISTEN, serve, type Declare } from './server';

const plain = (uri: string, more = '') =>
  `Enable_Authentication = true AuthPlainParameters = [ uri = "${uri}" ${more} ]`;
const DIGEST = 'Enable_Authentication = true AuthDigestMD5Parameters = [ uri = "file:///etc/http-passwd" ]';
const codes = (mta: Momentum) => [...mta.diagnostics].map(({ severity, code }) => `${severity} ${code}`);

async function statusOf(mta: Momentum, user: string, password: string): Promise<number> {
  return (await mta.request({ ...hello, auth: { user, password } })).status;
}

function checks(row: Declare): void {
  row('H8', async () => {
    const both = `${DIGEST} AuthPlainParameters = [ uri = "file:///etc/http-passwd" ]`;
    await using mta = await serve(both);
    const refused = await mta.request(hello);
    expect([refused.status, refused.text]).toEqual([401, 'Unauthorized\n']);
    expect(refused.headers['www-authenticate']).toMatch(/^Digest .*, Basic realm="[^"]+"$/);
    await using broken = await serve(plain('file:///none'));
    expect(await statusOf(broken, 'alice', 'secret')).toBe(500);
    await using denied = await serve('Always_Deny = true');
    expect((await denied.request(hello)).status).toBe(403);
    const logged = [mta, broken, denied].flatMap(({ httplog }) => httplog.map(({ status }) => status));
    expect(logged).toEqual([401, 500, 403]);
  });

  row('H26', async () => {
    const body = { method: 'POST', url: '/none', body: '12345' };
    await using mta = await serve(`${BASIC} Max_Request_Size = 4 Peer "10.0.0.0/8" { Always_Deny = true }`);
    expect((await mta.request(body)).status).toBe(401);
    expect((await mta.request({ ...body, auth: alice })).status).toBe(413);
    expect((await mta.request({ ...body, body: '1234', auth: alice })).status).toBe(404);
    await using denied = await serve(`${BASIC} Always_Deny = true`);
    expect((await denied.request(body)).status).toBe(403);
  });

  row('H27', async () => {
    await using mta = await serve('Enable_Authentication = true');
    const refused = await mta.request({ ...hello, auth: alice });
    expect([refused.status, refused.headers['www-authenticate']]).toEqual([403, undefined]);
  });

  row('H28', async () => {
    const hostname = { config: conf(`${BASIC} ${LISTEN}`, 'Hostname = "mta.example.com"') };
    await using basic = await serve('', hostname);
    expect(challenge(await basic.request(hello), 'Basic')).toEqual({ realm: 'mta.example.com' });
    await using digested = await serve('', {
      config: conf(`${DIGEST} ${LISTEN}`, 'Hostname = "mta.example.com"'),
    });
    expect(challenge(await digested.request(hello), 'Digest')).toMatchObject({ realm: 'mta.example.com' });
  });

  row('H29', async () => {
    await using mta = await serve(DIGEST);
    const given = challenge(await mta.request(hello), 'Digest');
    expect(given).toMatchObject({ algorithm: 'MD5', qop: 'auth' });
    const { Authorization } = digest(given, 'alice', 'secret');
    const status = async (header: string) =>
      (await mta.request({ ...hello, headers: { Authorization: header } })).status;
    expect(await status(Authorization.replace('qop=auth, nc=00000001, cnonce="c", ', ''))).toBe(401);
    expect(await status(`${Authorization}, algorithm=SHA-256`)).toBe(401);
    expect(await status(digest(given, 'alice', 'secret', 1, 'MD5-sess').Authorization)).toBe(200);
  });

  row('H30', async () => {
    await using mta = await serve(DIGEST);
    const given = challenge(await mta.request(hello), 'Digest');
    const ask = async (count: number) => {
      const response = await mta.request({ ...hello, headers: digest(given, 'alice', 'secret', count) });
      return response.status === 401 ? challenge(response, 'Digest').stale : response.status;
    };
    expect([await ask(1), await ask(2), await ask(2), await ask(1)]).toEqual([200, 200, 'true', 'true']);
    await mta.clock.advance('300s');
    expect(await ask(3)).toBe(200);
    await mta.clock.advance('1s');
    expect(await ask(4)).toBe('true');
    const nonces = await Promise.all(
      [1, 1, 2].map(async (seed) => {
        await using seeded = await serve(DIGEST, { seed });
        return challenge(await seeded.request(hello), 'Digest').nonce;
      }),
    );
    expect(nonces[0]).toBe(nonces[1]);
    expect(nonces[2]).not.toBe(nonces[0]);
  });
}

function files(row: Declare): void {
  row('H59', async () => {
    const files = { '/etc/users': 'alice:secret\nverysecret\n' };
    for (const [uri, problem] of [
      ['file:///etc/none', '/etc/none'],
      ['file:///etc/users', '/etc/users:2: '],
    ] as const) {
      await using mta = await serve(plain(uri), { files });
      expect(await statusOf(mta, 'alice', 'secret')).toBe(500);
      const text = mta.paniclog.at(-1)?.text ?? '';
      expect(text).toContain(`:auth: ${uri}: `);
      expect(text).toContain(problem);
      expect(text).not.toContain('secret');
    }
  });

  row('H60', async () => {
    await using mta = await serve(BASIC);
    expect(await statusOf(mta, 'bob', 'builder')).toBe(401);
    mta.files.set('/etc/http-passwd', 'bob:builder\n');
    expect(await statusOf(mta, 'bob', 'builder')).toBe(200);
    expect(await statusOf(mta, 'alice', 'secret')).toBe(401);
  });

  row('H61', async () => {
    const files = { '/etc/http-passwd': 'alice:a:b\nbob:first\nbob:second\n' };
    await using mta = await serve(BASIC, { files });
    expect(await statusOf(mta, 'alice', 'a:b')).toBe(200);
    expect(await statusOf(mta, 'bob', 'first')).toBe(200);
    expect(await statusOf(mta, 'bob', 'second')).toBe(401);
  });

  row('H62', async () => {
    const line = (realm: string, password: string) => `alice:${realm}:${ha1('alice', realm, password)}\n`;
    const files = { '/etc/digests': line('one', 'first') + line('two', 'second') };
    await using any = await serve(plain('digest:///etc/digests'), { files });
    expect(await statusOf(any, 'alice', 'first')).toBe(200);
    expect(await statusOf(any, 'alice', 'second')).toBe(200);
    await using one = await serve(plain('digest:///etc/digests', 'realm = "one"'), { files });
    expect(await statusOf(one, 'alice', 'first')).toBe(200);
    expect(await statusOf(one, 'alice', 'second')).toBe(401);
  });
}

/** A module that registers a scheme in `phase`, by Lua that names the table `scheme`. */
const scheme = (register: string, authenticate: string, phase = 'init') => ({
  name: 'login',
  source: `
    local mod, scheme = {}, {}
    function scheme:authenticate(filename, params, username, password) ${authenticate} end
    function mod:init() return true end
    function mod:${phase}() ${register} return true end
    msys.registerModule("login", mod)`,
});

const MINE = 'msys.registerAuth("mine", scheme)';
const start = (
  uri: string,
  modules: NonNullable<MomentumOptions['modules']>,
  options: MomentumOptions = {},
) => serve(plain(uri, 'log_authentication = "true"'), { modules: [HELLO, ...modules], ...options });

function scripts(row: Declare): void {
  row('H63', async () => {
    const said = `
      for _, key in ipairs({ "uri", "crypt", "log_authentication" }) do
        print(key, (select(2, msys.core.dict_key_exists_and_fetch(params, key))))
      end
      return msys.core.EC_AUTH_OK`;
    await using mta = await start('mine://x', [scheme(MINE, said)]);
    expect(await statusOf(mta, 'alice', 'secret')).toBe(200);
    expect(mta.paniclog.map(({ message }) => message)).toEqual([
      'uri\tmine://x',
      'crypt\tclear',
      'log_authentication\ttrue',
    ]);
  });

  row('H64', async () => {
    for (const name of ['', '/a/file', 'a:b?c']) {
      const said = 'print(filename) return msys.core.EC_AUTH_OK';
      await using mta = await start(`mine://${name}`, [scheme(MINE, said)]);
      await statusOf(mta, 'alice', 'secret');
      expect(mta.paniclog.at(-1)?.message).toBe(name);
    }
  });

  row('H65', async () => {
    const cases = [
      [MINE, 'rsrc_setup'],
      ['msys.registerAuth("file", scheme)', 'init'],
      ['msys.registerAuth("a:b", scheme)', 'init'],
      ['msys.registerAuth("mine", { other = print })', 'init'],
    ] as const;
    for (const [register, phase] of cases) {
      const modules = [scheme(register, '', phase)];
      await expect(start('mine://', modules)).rejects.toThrow('msys.registerAuth("');
      await using lenient = await start('mine://', modules, { strict: false });
      expect(codes(lenient)).toEqual(['warning AUTH_REGISTRATION']);
    }
  });

  row('H66', async () => {
    const modules = [
      scheme(MINE, 'return msys.core.EC_AUTH_FAIL'),
      { ...scheme(MINE, 'return msys.core.EC_AUTH_OK'), name: 'second' },
    ];
    await using mta = await start('mine://', modules);
    expect(await statusOf(mta, 'alice', 'secret')).toBe(200);
    await using reversed = await start('mine://', modules.toReversed());
    expect(await statusOf(reversed, 'alice', 'secret')).toBe(401);
  });

  row('H67', async () => {
    for (const result of ['true', 'nil', '"ok"', '4711']) {
      await using mta = await start('mine://', [scheme(MINE, `return ${result}`)]);
      expect(await statusOf(mta, 'alice', 'secret')).toBe(500);
      expect(codes(mta)).toEqual(['violation AUTH_RESULT']);
    }
  });
}

/** A module with both hooks of ac_auth, which says who is asked. */
const hooks = (name: string, result: string) => ({
  name,
  source: `
    local mod = {}
    function mod:ac_auth_perform_auth(username, password, ac, response)
      print("${name} performs")
      protocol = ac.protocol
      return msys.core.${result}
    end
    function mod:ac_auth_log_auth_failure() print("${name} hears") end
    msys.registerModule("${name}", mod)`,
});
const messages = (mta: Momentum) => mta.paniclog.map(({ message }) => message);

function hooked(row: Declare): void {
  row('H68', async () => {
    await using mta = await start('ac_auth://', [hooks('one', 'EC_AUTH_FAIL'), hooks('two', 'EC_AUTH_OK')]);
    expect(await statusOf(mta, 'alice', 'secret')).toBe(401);
    expect(messages(mta)).toEqual(['one performs', 'one hears', 'two hears']);
  });

  row('H69', async () => {
    await using mta = await start('ac_auth://', [hooks('one', 'EC_AUTH_ERROR')]);
    expect(await statusOf(mta, 'alice', 'secret')).toBe(500);
    expect(messages(mta)).toEqual(['one performs']);
  });

  row('H70', async () => {
    await using mta = await start('ac_auth://', [hooks('one', 'EC_AUTH_OK')]);
    await statusOf(mta, 'alice', 'secret');
    const [protocol, smtp] = await mta.eval('return protocol, msys.core.P_ESMTP');
    expect([typeof protocol, typeof smtp]).toEqual(['number', 'number']);
    expect(protocol).not.toBe(smtp);
  });
}

function stored(row: Declare): void {
  row('H73', async () => {
    const asking = (authenticate: string, rows: object[], more: MomentumOptions = {}) =>
      start('users://', [], {
        datasources: { auth: { rows: () => rows } },
        config: conf(
          `${plain('users://')} ${LISTEN}`,
          `auth_ds { Scheme "users" { Authenticate { cache = "auth" query = "q" ${authenticate} } } }`,
        ),
        ...more,
      });
    const status = async (authenticate: string, rows: object[]) =>
      statusOf(await asking(authenticate, rows), 'alice', 'secret');
    for (const [value, expected] of [
      [1, 200],
      ['1', 200],
      [0, 401],
      ['yes', 401],
      [undefined, 401],
    ] as const)
      expect([value, await status('', [{ allow: value }])]).toEqual([value, expected]);
    expect(await status('', [])).toBe(401);
    const returned = 'returns_password = "true"';
    expect(await status(returned, [{ first: 'secret', second: 'x' }])).toBe(200);
    expect(await status(`${returned} type = "ucrypt"`, [{ a: 'secret' }])).toBe(500);
    // A scheme of a script's goes before one of the same name.
    const mine = {
      name: 'mine',
      source: `local mod = {}
        function mod:init()
          msys.registerAuth("users", { authenticate = function() return msys.core.EC_AUTH_OK end })
          return true
        end
        msys.registerModule("mine", mod)`,
    };
    await using other = await asking('', [], { modules: [HELLO, mine] });
    expect(await statusOf(other, 'alice', 'anything')).toBe(200);
  });
}

export function accessChoices(row: Declare): void {
  checks(row);
  files(row);
  scripts(row);
  hooked(row);
  stored(row);
}
