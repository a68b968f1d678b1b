/** §4.1: what a handler asks of its request. */
import { Momentum } from '../../../src';
import {
  alice,
  answer,
  BASIC,
  CERTIFICATE,
  CLIENT,
  conf,
  handling,
  LAST,
  LISTEN,
  PASSWORDS,
  PEM_FILES,
  portOf,
  secureGet,
  STRANGER,
  talk,
  web,
  type Declare,
} from './server';

const ENOENT = 2;

function heads(row: Declare): void {
  row('http-4-1', async () => {
    await using mta = await Momentum.start({
      modules: [
        {
          name: 'alone',
          source: `
            require("msys.extended.httpsrv")
            local mod = {}
            function mod:rsrc_setup()
              msys.httpsrv.register("GET", "/", function(session)
                session:response_status_set_std(200, session:request_url_get().url, "text/plain")
              end)
              return true
            end
            msys.registerModule("alone", mod)`,
        },
      ],
    });
    expect((await mta.request({ url: '/?a' })).text).toBe('/?a');
  });

  row('http-4.1-1', async () => {
    const url = '/some/path?key=value';
    expect(await answer('out(session:request_url_get().url, session:request_url_get().path)', { url })).toBe(
      '/some/path?key=value|/some/path',
    );
  });

  row('http-4.1-2', async () => {
    for (const method of ['GET', 'POST', 'REPORT'])
      expect(await answer('out(session:request_method_get())', { method })).toBe(method);
  });

  row('http-4.1-3', async () => {
    const headers = { 'X-Test': 'one' };
    for (const name of ['X-Test', 'x-test', 'X-TEST'])
      expect(await answer(`out(session:request_header_get("${name}"))`, { headers })).toBe('0|one');
    expect(await answer('out(session:request_header_get("X-Other"))', { headers })).toBe(`${ENOENT}|nil`);
  });

  row('http-4.1-4', async () => {
    const typed = (type: string) =>
      answer('out(session:request_content_type_get())', { headers: { 'Content-Type': type } });
    expect(await typed('text/html; charset=utf-8')).toBe('0|text/html|utf-8');
    expect(await typed('application/json')).toBe('0|application/json|nil');
    expect(await answer('out((session:request_content_type_get()))')).toBe(String(ENOENT));
  });
}

function bodies(row: Declare): void {
  row('http-4.1-5a', async () => {
    const statements = `
      local rc, first = session:request_data_get()
      local _, second = session:request_data_get()
      out(rc, rawequal(first, second), first:read(2), first:read("*a"), second:read("*a"))`;
    expect(await answer(statements, { method: 'POST', body: 'content' })).toBe('0|false|co|ntent|content');
  });

  row('http-4.1-5b', async () => {
    await using mta = await handling('out(select(2, session:request_data_get()):read("*a"))');
    const chunked = `POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n${LAST}4\r\nabcd\r\n2\r\nef\r\n0\r\n\r\n`;
    expect(await talk(await portOf(mta), chunked)).toMatch(/\r\n\r\nabcdef$/);
  });

  row('http-4.1-6', async () => {
    const statements = `
      local rc, body = session:request_data_get_string()
      out(rc, type(body), tostring(body), #body)`;
    expect(await answer(statements, { method: 'POST', body: 'content' })).toBe('0|userdata|content|7');
  });

  row('http-4.1-7a', async () => {
    const statements = `
      local rc, json = session:request_data_get_json()
      out(rc, json.name, json.list[2])`;
    const body = { name: 'value', list: [1, 2.5] };
    expect(await answer(statements, { method: 'POST', body })).toBe('0|value|2.5');
  });

  row('http-4.1-7b', async () => {
    for (const body of ['{"name":', 'no json'])
      expect(await answer('out(session:request_data_get_json())', { method: 'POST', body })).toBe('0|nil');
  });

  row('http-4.1-8a', async () => {
    const statements = `
      local rc, document = session:request_data_get_xml()
      out(rc, document:root():name(), document:root():contents())`;
    expect(await answer(statements, { method: 'POST', body: '<a><b>text</b></a>' })).toBe('0|a|text');
  });

  row('http-4.1-8b', async () => {
    for (const body of ['<a>', 'no xml'])
      expect(await answer('out(session:request_data_get_xml())', { method: 'POST', body })).toBe('0|nil');
  });
}

function people(row: Declare): void {
  const USERNAME = 'out(session:request_username_get())';

  row('http-4.1-9a', async () => {
    expect(await answer(USERNAME)).toBe('nil');
    expect(await answer(USERNAME, { auth: alice })).toBe('nil');
  });

  row('http-4.1-9b', async () => {
    const users = ['alice', 'john.smith@example.com', 'DOMAIN\\john', 'jörg'];
    const files = { '/etc/http-passwd': users.map((user) => `${user}:secret\n`).join('') };
    await using mta = await handling(USERNAME, { files, config: conf(`${BASIC} ${LISTEN}`) });
    for (const user of users)
      expect((await mta.request({ url: '/', auth: { user, password: 'secret' } })).text).toBe(user);
  });

  /** What `statements` answer to a client with a certificate. */
  async function overTls(statements: string, client: typeof CLIENT, option = ''): Promise<string> {
    const listener = `${CERTIFICATE} TLS_Client_CA = "/etc/ca.pem" ${option} ${LISTEN}`;
    await using mta = await handling(statements, { files: PEM_FILES, config: conf(listener) });
    return (await secureGet(await portOf(mta), client, '/')).text;
  }

  row('http-4.1-9c', async () => {
    const authorizing = 'TLS_Verified_Peer_Is_Authorized = true';
    expect(await overTls(USERNAME, CLIENT, authorizing)).toBe('Jörg Client');
    expect(await overTls(USERNAME, STRANGER, authorizing)).toBe('nil');
  });

  row('http-4.1-10', async () => {
    const statements = 'out(session:request_subject_cn_get())';
    expect(await overTls(statements, CLIENT)).toBe('Jörg Client');
    expect(await overTls(statements, STRANGER)).toBe('nil');
    expect(await answer(statements)).toBe('nil');
  });

  row('http-4.1-11a', async () => {
    const statements = 'out(session:request_peer_address())';
    expect(await answer(statements)).toBe('127.0.0.1:40000');
    await using mta = await handling(statements, { config: conf(`Proxy_Protocol = true ${LISTEN}`) });
    const header = 'PROXY TCP6 2001:db8::7 2001:db8::1 4711 80\r\n';
    expect(await talk(await portOf(mta), `${header}GET / HTTP/1.1\r\n${LAST}`)).toMatch(
      /\r\n\r\n\[2001:db8::7\]:4711$/,
    );
  });

  row('http-4.1-11b', async () => {
    await using mta = await handling('out(session:request_local_address())');
    const port = await portOf(mta);
    expect(await talk(port, `GET / HTTP/1.1\r\n${LAST}`)).toMatch(new RegExp(`\r\n\r\n127.0.0.1:${port}$`));
  });

  row('http-4.1-12', async () => {
    const statements = `
      local ac = session:request_accept_construct_get()
      out(type(ac), ac.remote_addr, rawequal(ac, session:request_accept_construct_get()))`;
    expect(await answer(statements)).toBe('userdata|127.0.0.1:40000|true');
  });

  row('http-4.1-13', async () => {
    const statements =
      'out(type(session:request_event_get()), type(session:request_event_get_scheduler_inst()))';
    expect(await answer(statements)).toBe('userdata|userdata');
  });
}

/** Counts, and keeps the closure of the first request. */
const KEEPING = web(`
  msys.httpsrv.register("GET", "/", function(session)
    local before = session:ctx_get()
    session:ctx_set(newproxy())
    local stored = session:ctx_get()
    kept = kept or stored
    session:ctx_set(nil)
    session:response_printf("%s|%s|%s|%s", tostring(before), type(stored), tostring(kept == stored),
      tostring(session:ctx_get()))
  end)`);

function closures(row: Declare): void {
  // Lua's register takes no closure.
  row('http-4.1-14', async () => {
    expect(await answer('out(session:service_ctx_get())')).toBe('nil');
  });

  row('http-4.1-15a', async () => {
    const statements = `
      local closure = newproxy()
      session:ctx_set(closure)
      out(rawequal(session:ctx_get(), closure))`;
    expect(await answer(statements)).toBe('true');
  });

  row('http-4.1-15b', async () => {
    const statements = 'session:ctx_set(newproxy()) session:ctx_set(nil) out(session:ctx_get())';
    expect(await answer(statements)).toBe('nil');
    expect(await answer('out(session:ctx_get())')).toBe('nil');
  });

  row('http-4.1-15c', async () => {
    await using mta = await Momentum.start({ modules: [KEEPING], files: PASSWORDS });
    expect((await mta.request({ url: '/' })).text).toBe('nil|userdata|true|nil');
    expect((await mta.request({ url: '/' })).text).toBe('nil|userdata|false|nil');
  });
}

export function session(row: Declare): void {
  heads(row);
  bodies(row);
  people(row);
  closures(row);
}
