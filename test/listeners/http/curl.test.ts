import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { HttpLogEntry } from '../../../src/listeners/http/log-line';
import { DEFAULT_HTTP_SETTINGS, type HttpSettings } from '../../../src/listeners/http/settings';
import type { HttpRequest } from '../../../src/server/http/messages';
import { Program, ROOT } from '../../helpers/cli';
import { counterpart } from '../../helpers/counterparts';
import { authenticationOf, closeListeners, echo, listen, listenerOf, routerOf } from './support';

const curl = counterpart('curl');
const fixture = (name: string) => path.join(ROOT, 'fixtures/tls', `${name}.pem`);
const directory = mkdtempSync(path.join(tmpdir(), 'momentum-sim-curl-'));
const STATUS = ['-s', '-o', '/dev/null', '-w', '%{http_code} %{num_connects};'];

afterEach(closeListeners);
afterAll(() => rmSync(directory, { recursive: true }));

interface Server {
  readonly requests: HttpRequest[];
  readonly log: HttpLogEntry[];
  /** Runs curl with the listener's URL in place of `URL`; resolves to what it prints. */
  readonly run: (...args: string[]) => Promise<string>;
}

async function start(settings: Partial<HttpSettings> = {}): Promise<Server> {
  const requests: HttpRequest[] = [];
  const log: HttpLogEntry[] = [];
  const router = routerOf(
    {
      '* /': (session) => {
        requests.push(session.request);
        echo(session);
      },
    },
    {
      authentication: authenticationOf({ alice: 'sec:ret', 'j\xc3\xb6rg': 'p\xc3\xa4ss' }),
      log: (entry) => log.push(entry),
    },
  );
  const listener = listenerOf(router, { ...DEFAULT_HTTP_SETTINGS, ...settings });
  const port = await listen(listener.server);
  const base = `${settings.tls ? 'https' : 'http'}://127.0.0.1:${port}`;
  const run = async (...args: string[]) => {
    const program = new Program('curl', [
      '--noproxy',
      '*',
      '--max-time',
      '20',
      ...args.map((arg) => arg.replace('URL', base)),
    ]);
    return (await program.outcome()).stdout;
  };
  return { requests, log, run };
}

describe('authentication', () => {
  const authPlain = { uri: 'file:///passwd' };
  const authDigest = { uri: 'digest:///htdigest', realm: 'momentum' };
  const digest: Partial<HttpSettings> = { enableAuthentication: true, authDigest };
  const basic: Partial<HttpSettings> = { enableAuthentication: true, authPlain };

  curl('Basic', async () => {
    const { run, requests } = await start(basic);
    expect(await run(...STATUS, '-u', 'alice:sec:ret', 'URL/')).toBe('200 1;');
    expect(await run(...STATUS, '-u', 'jörg:päss', 'URL/')).toBe('200 1;');
    expect(await run(...STATUS, '-u', 'alice:wrong', 'URL/')).toBe('401 1;');
    expect(await run(...STATUS, 'URL/unknown')).toBe('401 1;');
    expect(requests.map(({ username }) => username)).toEqual(['alice', 'j\xc3\xb6rg']);
  });

  curl('Digest, with a body, on one connection, the second time without being asked', async () => {
    const { run, requests, log } = await start(digest);
    const args = ['--digest', '-u', 'alice:sec:ret', '-d', 'hello', 'URL/a?b=c'];
    expect(await run(...STATUS, ...args, '--next', ...STATUS, ...args)).toBe('200 1;200 0;');
    expect(requests.map(({ username, body }) => [username, String(body)])).toEqual(
      Array(2).fill(['alice', 'hello']),
    );
    expect(log.map(({ status }) => status).filter((status) => status !== 200).length).toBeLessThanOrEqual(2);
    expect(await run(...STATUS, '--digest', '-u', 'alice:wrong', 'URL/')).toMatch(/^401 /);
    expect(await run(...STATUS, '--digest', '-u', 'jörg:päss', 'URL/')).toMatch(/^200 /);
  });

  curl('--anyauth picks the strongest of both', async () => {
    const { run, requests } = await start({ ...digest, authPlain });
    expect(await run(...STATUS, '--anyauth', '-u', 'alice:sec:ret', 'URL/')).toMatch(/^200 /);
    expect(requests[0]!.headers.find(([name]) => name === 'Authorization')![1]).toMatch(/^Digest /);
  });
});

describe('TLS', () => {
  const tls = { certificate: fixture('server'), clientCa: fixture('ca'), peerIsAuthorized: true };

  curl('with and without a client certificate', async () => {
    const { run, requests } = await start({ tls, enableAuthentication: true });
    const ca = ['--cacert', fixture('ca')];
    expect(await run(...STATUS, ...ca, '--cert', fixture('client'), 'URL/')).toBe('200 1;');
    expect(await run(...STATUS, ...ca, '--cert', fixture('stranger'), 'URL/')).toBe('403 1;');
    expect(await run(...STATUS, ...ca, 'URL/')).toBe('403 1;');
    expect(await run(...STATUS, 'URL/')).toMatch(/^000 /);
    expect(requests.map(({ username, subjectCn }) => [username, subjectCn])).toEqual([
      ['J\xc3\xb6rg Client', 'J\xc3\xb6rg Client'],
    ]);
  });

  curl('TLS_Verify_Mode = require', async () => {
    const { run } = await start({ tls: { ...tls, verifyMode: 'require' } });
    const ca = ['--cacert', fixture('ca')];
    expect(await run(...STATUS, ...ca, '--cert', fixture('client'), 'URL/')).toBe('200 1;');
    expect(await run(...STATUS, ...ca, 'URL/')).toMatch(/^000 /);
  });
});

describe('requests', () => {
  curl('a chunked upload of two megabytes', async () => {
    const { run, requests } = await start();
    const file = path.join(directory, 'upload');
    const content = Buffer.alloc(2_000_000, 'momentum');
    writeFileSync(file, content);
    const args = ['-H', 'Transfer-Encoding: chunked', '-T', file, 'URL/'];
    expect(
      await run('-s', '-o', path.join(directory, 'answer'), '-w', '%{http_code} %{size_download}', ...args),
    ).toBe('200 2000000');
    expect(requests[0]!.body.equals(content)).toBe(true);
  });

  curl('an upload above Max_Request_Size', async () => {
    const { run, log } = await start({ maxRequestSize: 10 });
    const file = path.join(directory, 'too-large');
    writeFileSync(file, Buffer.alloc(3_000_000));
    expect(await run(...STATUS, '-T', file, 'URL/')).toMatch(/^413 /);
    expect(await run(...STATUS, '-H', 'Expect:', '-T', file, 'URL/')).toMatch(/^413 /);
    expect(log.map(({ status }) => status)).toEqual([413, 413]);
  });

  curl('keep-alive', async () => {
    const { run } = await start();
    expect(await run(...STATUS, 'URL/', 'URL/', '-o', '/dev/null')).toBe('200 1;200 0;');
    expect(await run(...STATUS, '-H', 'Connection: close', 'URL/', 'URL/', '-o', '/dev/null')).toBe(
      '200 1;200 1;',
    );
    expect(await run(...STATUS, '--http1.0', 'URL/', 'URL/', '-o', '/dev/null')).toBe('200 1;200 1;');
  });

  curl('--path-as-is', async () => {
    const { run, requests, log } = await start();
    await run('-s', '--path-as-is', 'URL/a/../b//c/./%2e%2e/?q=/../');
    expect([requests[0]!.target, log[0]!.path]).toEqual([
      '/a/../b//c/./%2e%2e/?q=/../',
      'a/../b//c/./%2e%2e/',
    ]);
  });

  curl('HEAD, and every method that curl is told to use', async () => {
    const { run, requests } = await start();
    expect(await run('-s', '-I', '-d', 'x', '-G', 'URL/')).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    for (const method of ['PUT', 'DELETE', 'OPTIONS', 'PROPFIND']) await run('-s', '-X', method, 'URL/');
    expect(requests.map(({ method }) => method)).toEqual(['HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PROPFIND']);
  });

  curl('--http2 asks for an upgrade and is content without', async () => {
    const { run } = await start();
    expect(await run(...STATUS, '--http2', 'URL/')).toBe('200 1;');
  });

  curl('--haproxy-protocol', async () => {
    const { run, log } = await start({ proxyProtocol: true });
    expect(await run(...STATUS, '--haproxy-protocol', 'URL/')).toBe('200 1;');
    expect(await run(...STATUS, 'URL/')).toMatch(/^000 /);
    expect(log).toEqual([
      expect.objectContaining({ status: 200, remote: expect.stringMatching(/^127\.0\.0\.1:\d+$/) }),
    ]);
  });

  curl('a denied client', async () => {
    const { run } = await start({ alwaysDeny: true });
    expect(await run(...STATUS, '-d', 'x', 'URL/', 'URL/', '-o', '/dev/null')).toBe('403 1;403 1;');
  });
});
