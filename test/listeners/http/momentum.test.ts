import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import request from 'supertest';
import { Momentum, UsageError, type RequestOptions } from '../../../src';
import '../../../src/jest';
import { ROOT } from '../../helpers/cli';
import { RawClient } from './support';

const source = `
  require("msys.httpsrv")
  require("msys.extended.httpsrv")
  local mod = {}
  function mod:rsrc_setup()
    msys.httpsrv.register("POST", "/echo", function(session)
      local rc, value = session:request_header_get("Authorization")
      session:response_status_ok("text/plain")
      session:response_append(tostring(value), #tostring(value))
    end)
    return true
  end
  msys.registerModule("mod", mod)
`;
const modules = [{ name: 'mod', source }];

test('mta.request sends credentials', async () => {
  await using mta = await Momentum.start({ modules });
  const auth = { user: 'jörg', password: 'pä:ss' };
  const header = `Basic ${Buffer.from('jörg:pä:ss').toString('base64')}`;
  const post = { method: 'POST', url: '/echo' };
  expect((await mta.request({ ...post, auth })).text).toBe(header);
  expect((await mta.request({ ...post, headers: { Authorization: 'Bearer x' } })).text).toBe('Bearer x');
  expect((await mta.request(post)).text).toBe('nil');
});

test('http.maxRequestSize counts with a socket and without', async () => {
  await using mta = await Momentum.start({ modules, http: { maxRequestSize: 4 } });
  const post = (body: string) => mta.request({ method: 'POST', url: '/echo', body });
  expect([(await post('1234')).status, (await post('12345')).status]).toEqual([200, 413]);
  await request(mta.http).post('/echo').type('text/plain').send('12345').expect(413);
  expect(mta.httplog.map(({ status }) => status)).toEqual([200, 413, 413]);
});

test.each<[string, RequestOptions, string]>([
  [
    'a line end in a header',
    { url: '/', headers: { 'X-A': 'a\r\nX-B: b' } },
    'the value "a\\r\\nX-B: b" of X-A holds',
  ],
  ['a header name that is none', { url: '/', headers: { 'X A': 'a' } }, '"X A" is no header name'],
  ['a space in the url', { url: '/a b' }, 'the url "/a b" holds a space'],
  ['a line end in the url', { url: '/ HTTP/1.1\r\nX: y' }, 'holds a space or a control character'],
  ['a method that is none', { url: '/', method: 'GET /' }, '"GET /" is no method'],
  ['a colon in the user', { url: '/', auth: { user: 'a:b', password: '' } }, 'auth.user "a:b" has a colon'],
])('mta.request refuses what no client can send: %s', async (_case, options, message) => {
  await using mta = await Momentum.start({ modules });
  const error: unknown = await mta.request(options).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(UsageError);
  expect((error as Error).message).toContain(message);
  expect(mta.httplog).toEqual([]);
});

test('a crash that no HTTP client caused resets those that are connected', async () => {
  const crashing = `
    require("msys.extended.httpsrv")
    local mod = {}
    function mod:init() return true end
    msys.registerModule("mod", mod)
    msys.registerControl("crash", function(cc) return cc.argv[99] end)
  `;
  await using mta = await Momentum.start({ modules: [{ name: 'mod', source: crashing }] });
  mta.http.listen(0, '127.0.0.1');
  await once(mta.http, 'listening');
  const client = await RawClient.connect((mta.http.address() as AddressInfo).port);
  await client.send('GET / HTTP/1.1\r\nHost: h\r\n\r\n').until('Not Found');
  await expect(mta.console('crash')).rejects.toMatchObject({ code: 'ARGV_RANGE' });
  expect(mta).toHaveCrashed();
  expect(await client.fate()).toBe('ECONNRESET');
});

describe('what the configuration says', () => {
  const conf = (listener: string) => ({
    text: `
      scriptlet "scriptlet" { }
      httpsrv { }
      http_logger "http_logger" { }
      HTTP_Listener {
        ${listener}
        Listen ":2081" { }
      }
    `,
  });
  const post = { method: 'POST', url: '/echo' };

  test('credentials of a file open the endpoints, with a socket and without', async () => {
    await using mta = await Momentum.start({
      modules,
      files: { '/etc/passwd-http': 'jörg:geheim\n' },
      config: conf(`
        Enable_Authentication = true
        Log_Requests_to_Paniclog = true
        AuthPlainParameters = [ uri = "file:///etc/passwd-http" ]
      `),
    });
    expect((await mta.request(post)).status).toBe(401);
    expect((await mta.request({ ...post, url: '/unknown' })).status).toBe(401);
    expect((await mta.request({ ...post, auth: { user: 'jörg', password: 'geheim' } })).status).toBe(200);
    await request(mta.http).post('/echo').auth('jörg', 'falsch').expect(401);
    await request(mta.http).post('/echo').auth('jörg', 'geheim').expect(200);
    expect(mta.httplog.map(({ status }) => status)).toEqual([401, 401, 200, 401, 200]);
    expect(mta.paniclog.map(({ text }) => text.replace(/^\d+/, ''))).toContain(
      ':127.0.0.1 "POST echo HTTP/1.1" 401 13 0.000',
    );
  });

  test('Peer scopes, changed while a client is connected', async () => {
    await using mta = await Momentum.start({
      modules,
      config: conf('Peer "127.0.0.0/8" { Always_Deny = true }'),
    });
    expect((await mta.request(post)).status).toBe(403);
    await mta.console('config set http_listener peer 127.0.0.0/8 always_deny false');
    expect((await mta.request(post)).status).toBe(200);
    await request(mta.http).post('/echo').expect(200);
  });

  test('HTTPS with certificates from the files of the test', async () => {
    const pem = readFileSync(path.join(ROOT, 'fixtures/tls/server.pem'));
    await using mta = await Momentum.start({
      modules,
      files: { '/etc/server.pem': pem },
      config: conf('TLS_Certificate = "/etc/server.pem"'),
    });
    await request(mta.http).post('/echo').trustLocalhost().expect(200);
  });
});
