/** §1 and §2.1: TLS, PROXY, sizes, idle clients: what is about sockets. */
import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import { Momentum } from '../../../src';
import {
  CERTIFICATE,
  CLIENT,
  conf,
  GET_HELLO,
  handling,
  HELLO,
  LAST,
  LISTEN,
  pem,
  PEM_FILES,
  portOf,
  secureGet,
  STRANGER,
  talk,
  web,
  type Declare,
} from './server';

/** Says who the client is: user, common name, address. */
const WHO = web(`msys.httpsrv.register("GET", "/", function(session)
  local who = { session:request_username_get(), session:request_subject_cn_get() }
  session:response_printf("%s|%s|%s", tostring(who[1]), tostring(who[2]), tostring(session:request_peer_address()))
end)`);

/** A listening server under what `listener` says, which GET / tells who the client is. */
async function listening(listener: string, more = '') {
  const config = conf(`${listener} ${LISTEN}`, more);
  const mta = await Momentum.start({ modules: [WHO], files: PEM_FILES, config });
  const port = await portOf(mta);
  return {
    mta,
    port,
    get: async (options: tls.ConnectionOptions = {}) => (await secureGet(port, options, '/')).text,
    [Symbol.asyncDispose]: () => mta.stop(),
  };
}

const GET_WHO = `GET / HTTP/1.1\r\n${LAST}`;
const NOBODY = /^nil\|nil\|127\.0\.0\.1:\d+$/;
const NAME = /^nil\|Jörg Client\|/;

function certificates(row: Declare): void {
  row('http-1-12a', async () => {
    await using one = await listening(CERTIFICATE);
    expect(await one.get()).toMatch(NOBODY);
    const files = 'TLS_Certificate = "/etc/server-cert.pem" TLS_Key = "/etc/server-key.pem"';
    await using two = await listening(files);
    expect(await two.get()).toMatch(NOBODY);
    expect(await talk(two.port, GET_WHO).catch(() => '')).not.toContain('200 OK');
  });

  row('http-1-12b', async () => {
    await using mta = await listening('TLS_Certificate = "none"', CERTIFICATE);
    expect(await talk(mta.port, GET_WHO)).toContain('200 OK');
    const none = 'Listen ":2081" { TLS_Certificate = "none" }';
    await using nested = await Momentum.start({
      modules: [HELLO],
      files: PEM_FILES,
      config: conf(`${CERTIFICATE} ${none}`),
    });
    expect(await talk(await portOf(nested), GET_HELLO)).toContain('200 OK');
  });

  row('http-1-12c', async () => {
    await using authority = await listening(`${CERTIFICATE} TLS_Client_CA = "/etc/ca.pem"`);
    expect(await authority.get(CLIENT)).toMatch(NAME);
    expect(await authority.get(STRANGER)).toMatch(NOBODY);
    await using without = await listening(CERTIFICATE);
    expect(await without.get(CLIENT)).toMatch(NOBODY);
  });

  const verifying = (mode: string) =>
    listening(`${CERTIFICATE} TLS_Client_CA = "/etc/ca.pem" ${mode && `TLS_Verify_Mode = "${mode}"`}`);

  row('http-1-12d', async () => {
    await using mta = await verifying('none');
    expect(await mta.get(CLIENT)).toMatch(NOBODY);
    expect(await mta.get()).toMatch(NOBODY);
  });

  row('http-1-12e', async () => {
    await using mta = await verifying('require');
    expect(await mta.get(CLIENT)).toMatch(NAME);
    await expect(mta.get()).rejects.toThrow();
  });

  row('http-1-12f', async () => {
    await using mta = await verifying('');
    expect(await mta.get(CLIENT)).toMatch(NAME);
    expect(await mta.get()).toMatch(NOBODY);
  });

  row('http-1-13', async () => {
    const listener = `${CERTIFICATE} TLS_Client_CA = "/etc/ca.pem" Enable_Authentication = true AuthPlainParameters = [ uri = "file:///x" ]`;
    const statusOf = async (port: number, options = {}) => (await secureGet(port, options, '/')).status;
    await using mta = await listening(`${listener} TLS_Verified_Peer_Is_Authorized = true`);
    expect(await statusOf(mta.port, CLIENT)).toBe(200);
    expect(await statusOf(mta.port, STRANGER)).toBe(401);
    expect(await statusOf(mta.port)).toBe(401);
    await using unset = await listening(listener);
    expect(await statusOf(unset.port, CLIENT)).toBe(401);
  });
}

function protocols(row: Declare): void {
  row('http-1-12g', async () => {
    const protocol = async (port: number, version?: tls.SecureVersion) =>
      (await secureGet(port, { ...(version && { maxVersion: version, minVersion: version }) }, '/')).protocol;
    await using old = await listening(`${CERTIFICATE} TLS_Protocols = "+ALL:-TLSv1.3"`);
    expect(await protocol(old.port)).toBe('TLSv1.2');
    await expect(protocol(old.port, 'TLSv1.3')).rejects.toThrow();
    await using all = await listening(CERTIFICATE);
    expect(await protocol(all.port)).toBe('TLSv1.3');
    expect(await protocol(all.port, 'TLSv1.2')).toBe('TLSv1.2');
  });

  row('http-1-12h', async () => {
    const cipher = 'ECDHE-ECDSA-AES256-GCM-SHA384';
    await using mta = await listening(`${CERTIFICATE} TLS_Ciphers = "${cipher}"`);
    const answer = await secureGet(mta.port, { maxVersion: 'TLSv1.2' }, '/');
    expect(answer.cipher).toBe('TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384');
    const other = secureGet(
      mta.port,
      { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' },
      '/',
    );
    await expect(other).rejects.toThrow();
  });

  row('http-1-12i', async () => {
    await using plain = await listening('', CERTIFICATE);
    expect(await talk(plain.port, GET_WHO)).toContain('200 OK');
    await using secure = await listening('Use_SSL = true', CERTIFICATE);
    expect(await secure.get()).toMatch(NOBODY);
  });
}

const HEADER = 'PROXY TCP4 192.0.2.1 198.51.100.1 40000 80\r\n';
const PROXY = 'Proxy_Protocol = true';

function proxies(row: Declare): void {
  row('http-1-18a', async () => {
    await using mta = await listening(PROXY);
    expect(await talk(mta.port, HEADER + GET_WHO)).toMatch(/\r\n\r\nnil\|nil\|192\.0\.2\.1:40000$/);
  });

  row('http-1-18b', async () => {
    await using mta = await listening(PROXY);
    for (const head of ['', 'PROXY nonsense\r\n', 'PROXY TCP4 192.0.2.1\r\n'])
      expect(await talk(mta.port, head + GET_WHO)).toBe('');
    expect(mta.mta.httplog).toEqual([]);
  });

  row('http-1-18c', async () => {
    await using mta = await listening(PROXY);
    expect(await talk(mta.port, `PROXY UNKNOWN\r\n${GET_WHO}`)).toMatch(/nil\|nil\|127\.0\.0\.1:\d+$/);
  });

  row('http-1-18d', async () => {
    await using mta = await listening(PROXY);
    const signature = '\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\x02\x01\xc6\x33\x64\x01\x9c\x40\0\x50';
    expect(await talk(mta.port, signature + GET_WHO)).toBe('');
  });

  row('http-1-18e', async () => {
    await using mta = await listening('');
    expect(await talk(mta.port, HEADER + GET_WHO)).toMatch(/^HTTP\/1\.1 400 /);
  });

  row('http-1-18f', async () => {
    await using mta = await listening(`${PROXY} Proxy_Protocol_Timeout = 0.05`);
    expect(await talk(mta.port, 'PROXY TCP4 192.0')).toBe('');
    expect(await talk(mta.port, HEADER + GET_WHO)).toContain('192.0.2.1');
  });

  row('http-2-1', async () => {
    const denied = 'Peer "192.0.2.0/24" { Always_Deny = true }';
    await using mta = await listening(`${PROXY} ${CERTIFICATE} ${denied}`);
    const through = async (header: string) => {
      const socket = net.connect(mta.port, '127.0.0.1');
      socket.write(header);
      const secure = tls.connect({ socket, ca: pem('ca'), servername: 'localhost' }).setEncoding('latin1');
      let text = '';
      secure.on('data', (chunk: string) => (text += chunk)).write(GET_WHO);
      await once(secure, 'close');
      return text;
    };
    expect(await through(HEADER)).toMatch(/^HTTP\/1\.1 403 /);
    expect(await through(HEADER.replace('192.0.2.1', '203.0.113.9'))).toMatch(/\|203\.0\.113\.9:40000$/);
  });
}

function limits(row: Declare): void {
  const post = (length: number) =>
    `POST / HTTP/1.1\r\nContent-Length: ${length}\r\n${LAST}${'x'.repeat(length)}`;

  row('http-1-14', async () => {
    const statements =
      'session:response_printf("%d", #tostring(select(2, session:request_data_get_string())))';
    await using limited = await handling(statements, { config: conf(`Max_Request_Size = 50000 ${LISTEN}`) });
    const port = await portOf(limited);
    expect(await talk(port, post(50_000))).toMatch(/\r\n\r\n50000$/);
    expect(await talk(port, post(50_001))).toMatch(/^HTTP\/1\.1 413 /);
    await using unlimited = await handling(statements, { config: conf(LISTEN) });
    expect(await talk(await portOf(unlimited), post(3_000_000))).toMatch(/\r\n\r\n3000000$/);
  });

  /** Milliseconds that the server's end of an idle connection may last; 0: for ever. */
  async function patience(listener: string): Promise<number | undefined> {
    await using mta = await listening(listener);
    const accepted = once(mta.mta.http, 'connection') as Promise<net.Socket[]>;
    expect(await talk(mta.port, GET_WHO)).toContain('200 OK');
    return (await accepted)[0]?.timeout;
  }

  row('http-1-15a', async () => {
    expect(await patience('')).toBe(0);
  });

  row('http-1-15b', async () => {
    expect(await patience('Idle_Time = 300')).toBe(300_000);
    await using mta = await listening('Idle_Time = 0.05');
    expect(await talk(mta.port, '')).toBe('');
    expect(await talk(mta.port, 'GET / HTTP/1.1\r\nHost: h\r\n\r\n')).not.toContain('Connection: close');
  });

  row('http-1-17', async () => {
    await using mta = await handling('session:response_append(("x"):rep(100000), 100000)', {
      config: conf(`Disable_Chunked = true ${LISTEN}`),
    });
    const response = await talk(await portOf(mta), GET_WHO);
    expect(response).toContain('\r\nContent-Length: 100000\r\n');
    expect(response.toLowerCase()).not.toContain('transfer-encoding');
  });
}

export function connections(row: Declare): void {
  certificates(row);
  protocols(row);
  proxies(row);
  limits(row);
}
