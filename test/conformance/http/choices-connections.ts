/** Choices about sockets: TLS, PROXY, idle clients. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type tls from 'node:tls';
import type { Momentum } from '../../../src';
import {
  CERTIFICATE,
  CLIENT,
  conf,
  handling,
  LAST,
  LISTEN,
  PEM_FILES,
  portOf,
  secureGet,
  STRANGER,
  talk,
  type Declare,
} from './server';

/** Answers user and common name. */
const NAMES = 'out(session:request_username_get(), session:request_subject_cn_get())';
const GET = `GET / HTTP/1.1\r\n${LAST}`;

const serving = (listener: string, statements = NAMES, more = ''): Promise<Momentum> =>
  handling(statements, { files: PEM_FILES, config: conf(`${listener} ${LISTEN}`, more) });

/** What a client hears over TLS under what `listener` says: the answer's text, or that there was none. */
async function heard(listener: string, client: tls.ConnectionOptions = {}): Promise<string> {
  await using mta = await serving(`${CERTIFICATE} TLS_Client_CA = "/etc/ca.pem" ${listener}`);
  const answer = await secureGet(await portOf(mta), client, '/').catch(() => undefined);
  return answer?.text ?? 'closed';
}

function secured(row: Declare): void {
  row('H31', async () => {
    const required = 'TLS_Verify_Mode = "require"';
    expect(await heard(required)).toBe('closed');
    expect(await heard(required, STRANGER)).toBe('nil|nil');
    expect(await heard(required, CLIENT)).toBe('nil|Jörg Client');
  });

  row('H32', async () => {
    const authorizing = 'TLS_Verified_Peer_Is_Authorized = true';
    expect(await heard(authorizing, CLIENT)).toBe('Jörg Client|Jörg Client');
    expect(await heard(authorizing, STRANGER)).toBe('nil|nil');
    expect(await heard('', CLIENT)).toBe('nil|Jörg Client');
  });

  row('H33', async () => {
    const only = (version: tls.SecureVersion) => ({ minVersion: version, maxVersion: version });
    expect(await heard('TLS_Protocols = "+TLSv1.0:+TLSv1.1:+TLSv1.2"', only('TLSv1.2'))).toBe('nil|nil');
    expect(await heard('TLS_Protocols = "+TLSv1.0:+TLSv1.1:+TLSv1.2"', only('TLSv1.3'))).toBe('closed');
    const old = { ...only('TLSv1.1'), ciphers: 'DEFAULT@SECLEVEL=0' };
    expect(await heard('TLS_Protocols = "+ALL"', old)).toBe('closed');
  });

  row('H34', async () => {
    const cipher = 'ECDHE-ECDSA-AES256-GCM-SHA384';
    await using mta = await serving(`${CERTIFICATE} TLS_Ciphers = "${cipher}"`);
    const port = await portOf(mta);
    const facts = async (maxVersion: tls.SecureVersion) => {
      const { protocol, cipher: used } = await secureGet(port, { maxVersion }, '/');
      return [protocol, used];
    };
    expect(await facts('TLSv1.2')).toEqual(['TLSv1.2', 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384']);
    expect(await facts('TLSv1.3')).toEqual(['TLSv1.3', 'TLS_AES_256_GCM_SHA384']);
  });

  row('H35', async () => {
    const cases = [
      [CERTIFICATE, '', true],
      ['', CERTIFICATE, false],
      ['Use_SSL = true', CERTIFICATE, true],
      ['TLS_Certificate = "none"', CERTIFICATE, false],
      [`${CERTIFICATE} Use_SSL = false`, '', false],
    ] as const;
    for (const [listener, more, isSecure] of cases) {
      await using mta = await serving(listener, NAMES, more);
      const port = await portOf(mta);
      const secure = await secureGet(port, {}, '/').catch(() => undefined);
      expect([listener, secure?.text]).toEqual([listener, isSecure ? 'nil|nil' : undefined]);
    }
  });

  row('H36', async () => {
    for (const listener of [
      'TLS_Certificate = "/etc/none.pem"',
      `${CERTIFICATE} TLS_Ciphers = "NO-SUCH-CIPHER"`,
    ]) {
      await using mta = await serving(listener);
      await expect(secureGet(await portOf(mta), {}, '/')).rejects.toThrow();
      expect(mta.paniclog.at(-1)?.text).toMatch(/:http_listener: .*(?:\/etc\/none\.pem|NO-SUCH-CIPHER)/);
      expect(mta.httplog).toEqual([]);
    }
  });

  row('H40', async () => {
    await using mta = await serving(`${CERTIFICATE} Idle_Time = 0.05`);
    expect(await talk(await portOf(mta), '\x16\x03')).toBe('');
  });
}

function sockets(row: Declare): void {
  row('H37', async () => {
    await using mta = await serving('Proxy_Protocol = true Proxy_Protocol_Timeout = 0.05');
    const port = await portOf(mta);
    const version2 = '\r\n\r\n\0\r\nQUIT\n\x20\0\0\0';
    for (const text of [GET, `PROXY TCP4 x y 1 2\r\n${GET}`, 'PROXY TCP4', version2 + GET])
      expect(await talk(port, text)).toBe('');
    expect(await talk(port, `PROXY UNKNOWN\r\n${GET}`)).toMatch(/nil\|nil$/);
  });

  row('H39', async () => {
    await using mta = await serving(
      'Idle_Time = 0.05',
      `if waiting then return out("spared") end
       waiting = session
       session:session_suspend()
       return msys.httpsrv.ASYNC`,
    );
    const port = await portOf(mta);
    const waiting = talk(port, GET);
    while (!(await mta.eval('waiting'))[0]) await new Promise(setImmediate);
    // A client that comes later and says nothing is dropped first.
    expect(await talk(port, '')).toBe('');
    await mta.eval('waiting:session_resume(0)');
    expect(await waiting).toMatch(/\r\n\r\nspared$/);
  });

  row('H42', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'http-'));
    try {
      const file = path.join(directory, 'socket');
      const denying = (peer: string) => `Peer "${peer}" { Always_Deny = true } Listen "${file}" { }`;
      for (const [peer, status] of [
        ['127.0.0.1', '403'],
        ['10.0.0.0/8', '200'],
      ] as const) {
        await using mta = await handling('out(session:request_peer_address())', {
          config: conf(denying(peer)),
        });
        await mta.listenConfigured();
        const answer = await talk({ path: file }, GET);
        expect(answer.slice(9, 12)).toBe(status);
        if (status === '200') expect(answer).toMatch(/\r\n\r\n127\.0\.0\.1:0$/);
      }
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  row('H71', async () => {
    await using mta = await serving('');
    expect(String(await mta.console('config eval http_listener listen :2081 idle_time'))).toBe(
      'Idle_Time = 0\n',
    );
    const port = await portOf(mta);
    const accepted = once(mta.http, 'connection') as Promise<net.Socket[]>;
    await talk(port, GET);
    expect((await accepted)[0]?.timeout).toBe(0);
  });
}

export function connectionChoices(row: Declare): void {
  secured(row);
  sockets(row);
}
