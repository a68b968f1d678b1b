/** §1: the module, the listener's stanza, addresses, Enable, Peer. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Momentum } from '../../../src';
import { conf, GET_HELLO, HELLO, hello, LISTEN, serve, statusUnder, talk, type Declare } from './server';

const start = (config: { text: string }) => Momentum.start({ modules: [HELLO], config });
const localAddress = (mta: Momentum) => mta.httplog.at(-1)?.text.split(' ')[2];
const codes = (mta: Momentum) => [...mta.diagnostics].map(({ code }) => code);

/** What each socket that the configuration asks for is bound to, and what it answers to GET /hello. */
async function bound(listener: string, host = '127.0.0.1'): Promise<string[]> {
  await using mta = await start(conf(listener));
  const { http } = await mta.listenConfigured();
  const answers = http.map(async (at) =>
    'port' in at ? `${at.address} ${(await talk({ host, port: at.port }, GET_HELLO)).slice(-5)}` : at.path,
  );
  return await Promise.all(answers);
}

async function isRefused(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', () => resolve(true));
  });
}

function modules(row: Declare): void {
  row('http-1-1a', async () => {
    const text = (module: string) => `scriptlet "s" { } alerting { } ${module} HTTP_Listener { ${LISTEN} }`;
    await using without = await start({ text: text('') });
    expect(codes(without)).toEqual(['MISSING_HTTPSRV']);
    await using loaded = await start({ text: text('httpsrv { }') });
    expect(codes(loaded)).toEqual([]);
    expect((await loaded.request(hello)).text).toBe('hello');
  });

  row('http-1-1b', async () => {
    const text = (enabled: string) =>
      `scriptlet "s" { } alerting { } httpsrv { enabled = ${enabled} debug_level = "info" } HTTP_Listener { ${LISTEN} }`;
    await using on = await start({ text: text('true') });
    expect(codes(on)).toEqual([]);
    expect(String(await on.console('config get httpsrv debug_level'))).toMatch(/^debug_level = "?info"?\n$/i);
    await using off = await start({ text: text('false') });
    expect(codes(off)).toEqual(['MISSING_HTTPSRV']);
  });

  row('http-1-1c', async () => {
    await using mta = await start(conf(LISTEN));
    expect(String(await mta.console('module list'))).toContain(
      'Module: httpsrv\n  Scope_Name: httpsrv\n  Enabled: enabled\n  API: Singleton\n',
    );
  });

  row('http-1-2a', async () => {
    await using documented = await start(conf('Listen ":2081" {}'));
    await using unset = await Momentum.start({ modules: [HELLO] });
    for (const mta of [documented, unset]) {
      expect((await mta.request(hello)).status).toBe(200);
      expect(localAddress(mta)).toBe('*:2081');
    }
  });

  row('http-1-2b', async () => {
    await using mta = await start(conf('Listen ":8081" {}'));
    expect((await mta.request(hello)).status).toBe(200);
    expect(localAddress(mta)).toBe('*:8081');
  });
}

function addresses(row: Declare): void {
  row('http-1-3a', async () => {
    for (const address of [':0', '*:0'])
      expect(await bound(`Listen "${address}" {}`)).toEqual(['0.0.0.0 hello']);
    await using mta = await start(conf('Listen "*:2081" { }'));
    await mta.console('config set http_listener listen :2081 always_deny true');
    expect((await mta.request(hello)).status).toBe(403);
  });

  row('http-1-3b', async () => {
    expect(await bound('Listen "127.0.0.1:0" {}')).toEqual(['127.0.0.1 hello']);
  });

  row('http-1-3c', async () => {
    for (const address of ['[*]:0', '[::]:0'])
      expect(await bound(`Listen "${address}" {}`, '::1')).toEqual([':: hello']);
  });

  row('http-1-3d', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'http-'));
    try {
      const file = path.join(directory, 'socket');
      for (const [option, mode] of [
        ['', 0o660],
        ['File_Mode = 0666', 0o666],
        ['File_Mode = 0600', 0o600],
      ] as const) {
        await using mta = await start(conf(`Listen "${file}" { ${option} }`));
        expect((await mta.listenConfigured()).http).toEqual([{ path: file }]);
        expect(statSync(file).mode & 0o777).toBe(mode);
        expect(await talk({ path: file }, GET_HELLO)).toContain('\r\n\r\nhello');
      }
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
}

function enabling(row: Declare): void {
  row('http-1-4a', async () => {
    expect(await bound('Listen ":0" { Enable = false }')).toEqual([]);
    expect(await bound('Listen ":0" { Enable = false } Listen "127.0.0.1:0" { }')).toEqual([
      '127.0.0.1 hello',
    ]);
  });

  row('http-1-4b', async () => {
    expect(await bound('Enable = false Listen "127.0.0.1:0" {} Listen ":0" {}')).toEqual([]);
  });

  row('http-1-4c', async () => {
    await using mta = await start(conf('Enabled = false Listen "127.0.0.1:0" { }'));
    expect((await mta.listenConfigured()).http).toHaveLength(1);
    expect(mta.diagnostics.at(0)).toMatchObject({
      code: 'CONFIG_OPTION',
      message: expect.stringContaining('Enabled = false') as string,
    });
  });

  row('http-1-4d', async () => {
    await using mta = await start(conf('Listen ":2081" { }'));
    const { http } = await mta.listen({ http: 0 });
    const set = (value: string) => mta.console(`config set http_listener listen :2081 enable ${value}`);
    expect(await isRefused(http!.port)).toBe(false);
    await set('false');
    expect(await isRefused(http!.port)).toBe(true);
    await set('true');
    expect(await talk(http!.port, GET_HELLO)).toContain('\r\n\r\nhello');
  });
}

function peers(row: Declare): void {
  // The client of mta.request is 127.0.0.1.
  row('http-1-5a', async () => {
    const deny = (cidr: string, value: boolean) => `Peer "${cidr}" { Always_Deny = ${String(value)} }`;
    expect(await statusUnder(deny('127.0.0.0/8', true))).toBe(403);
    expect(await statusUnder(deny('10.0.0.0/8', true))).toBe(200);
    expect(await statusUnder(`${deny('127.0.0.0/8', true)} ${deny('127.0.0.1', false)}`)).toBe(200);
    expect(await statusUnder(`${deny('127.0.0.1', false)} ${deny('127.0.0.0/8', true)}`)).toBe(200);
    const nested = `${deny('127.0.0.0/8', true)} Listen ":2081" { ${deny('127.0.0.1', false)} }`;
    await using mta = await start(conf(nested));
    expect((await mta.request(hello)).status).toBe(200);
  });

  row('http-1-5b', async () => {
    const smallest = 'Peer "127.0.0.1" { Idle_Time = 5 }';
    expect(await statusUnder(`Always_Deny = true ${smallest}`)).toBe(403);
    expect(await statusUnder(`Peer "127.0.0.0/8" { Always_Deny = true } ${smallest}`)).toBe(403);
    expect(await statusUnder(smallest)).toBe(200);
  });

  row('http-1-6', async () => {
    const { text } = conf('Listen "127.0.0.1:0" {}');
    await using mta = await start({ text: `${text} HTTP_Listener { Listen ":0" {} }` });
    const { http } = await mta.listenConfigured();
    expect(http).toHaveLength(2);
    for (const at of http) if ('port' in at) expect(await talk(at.port, GET_HELLO)).toMatch(/hello$/);
  });
}

const EVERYWHERE = ['http_listener', 'listen', 'peer', 'pathway', 'pathway_group'];
const LISTENERS_ONLY = ['http_listener', 'listen'];

/** The scopes of each option, and a value for it. */
const SCOPES: readonly (readonly [option: string, value: string, scopes: readonly string[]])[] = [
  ...['Enable_Authentication', 'Always_Allow', 'Always_Deny', 'Use_SSL', 'Disable_Chunked'].map(
    (option) => [option, 'true', EVERYWHERE] as const,
  ),
  ['Log_Requests_to_Paniclog', 'true', EVERYWHERE],
  ['Max_Request_Size', '50000', EVERYWHERE],
  ['Idle_Time', '300', EVERYWHERE],
  ...['TLS_Certificate', 'TLS_Key', 'TLS_Client_CA', 'TLS_Ciphers', 'TLS_Protocols', 'TLS_Verify_Mode'].map(
    (option) => [option, '"none"', EVERYWHERE] as const,
  ),
  ['AuthDigestMD5Parameters', '[ uri = "file:///x" ]', EVERYWHERE],
  ['TLS_Verified_Peer_Is_Authorized', 'true', ['http_listener', 'listen', 'peer', 'pathway']],
  ['Proxy_Protocol', 'true', ['http_listener', 'listen', 'peer']],
  ['Proxy_Protocol_Timeout', '60', ['http_listener', 'listen', 'peer']],
  ['Enable', 'true', LISTENERS_ONLY],
  ['File_Mode', '0660', LISTENERS_ONLY],
];

const STANZAS: Readonly<Record<string, (option: string) => string>> = {
  http_listener: (option) => `HTTP_Listener { ${option} ${LISTEN} }`,
  listen: (option) => `HTTP_Listener { Listen ":2081" { ${option} } }`,
  peer: (option) => `HTTP_Listener { ${LISTEN} Peer "10.0.0.0/8" { ${option} } }`,
  pathway: (option) => `HTTP_Listener { ${LISTEN} } Pathway "p" { ${option} }`,
  pathway_group: (option) => `HTTP_Listener { ${LISTEN} } Pathway_Group "g" { ${option} }`,
};

function scopes(row: Declare): void {
  row('http-1-7', async () => {
    for (const [option, value, valid] of SCOPES)
      for (const [scope, stanza] of Object.entries(STANZAS)) {
        await using mta = await Momentum.start({ config: { text: stanza(`${option} = ${value}`) } });
        const refused = [...mta.diagnostics].filter(({ message }) =>
          message.includes('the option is not valid in'),
        );
        expect([option, scope, refused.length]).toEqual([option, scope, valid.includes(scope) ? 0 : 1]);
      }
  });

  row('http-1-19', async () => {
    const options =
      'Event_Loop = "x" Concurrency = 4 Pool_Name = "p" Listen_Backlog = 100 TCP_Recv_Buffer_Size = 4096 TCP_Send_Buffer_Size = 4096';
    await using mta = await Momentum.start({
      modules: [HELLO],
      config: conf(`${options} Listen ":2081" { ${options} }`),
    });
    expect([...mta.diagnostics]).toEqual([]);
    expect((await mta.request(hello)).text).toBe('hello');
  });

  row('http-1-20a', async () => {
    await using mta = await serve('Relay_Hosts = ( "10.0.0.0/8" )');
    expect((await mta.request(hello)).status).toBe(200);
    expect(mta.diagnostics.at(0)).toMatchObject({
      code: 'CONFIG_OPTION',
      message: expect.stringContaining('Relay_Hosts') as string,
    });
  });

  row('http-1-20b', async () => {
    for (const option of ['Listener_Sessions', 'Service_Sessions', 'Mcmt_Reception']) {
      await using mta = await serve(`${option} = 1`);
      expect((await mta.request(hello)).status).toBe(200);
      expect(mta.diagnostics.at(0)?.message).toMatch(
        new RegExp(`^${option} = 1 .*the option is not valid in Http_Listener`),
      );
    }
  });
}

export function configuration(row: Declare): void {
  modules(row);
  addresses(row);
  enabling(row);
  peers(row);
  scopes(row);
}
