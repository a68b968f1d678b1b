/** What the tests of this directory share: servers with endpoints, and clients of several kinds. */
import { readFileSync } from 'node:fs';
import https from 'node:https';
import net from 'node:net';
import path from 'node:path';
import tls from 'node:tls';
import { Momentum, type InProcessResponse, type MomentumOptions, type RequestOptions } from '../../../src';
import '../../../src/jest';
import type { conformance } from '../harness';

/** How a test is declared: the id of a row, or of a choice. */
export type Declare = ReturnType<typeof conformance>['row'];

/** A module whose `rsrc_setup` is `setup`; `says(text)` makes a handler that answers a text. */
export const web = (setup: string, before = '') => ({
  name: 'web',
  source: `
    require("msys.extended.httpsrv")
    local mod = {}
    ${before}
    local function says(text)
      return function(session) session:response_append(text, #text) end
    end
    function mod:rsrc_setup() ${setup} return true end
    msys.registerModule("web", mod)`,
});

/** Answers GET /hello. */
export const HELLO = web('msys.httpsrv.register("GET", "/hello", says("hello"))');
export const hello = { url: '/hello' };

/** A configuration with an HTTP_Listener that holds `listener`. */
export const conf = (listener: string, more = '') => ({
  text: `
    scriptlet "scriptlet" { }
    alerting { }
    httpsrv { }
    http_logger "http_logger" { }
    ec_logger "ec_logger" { }
    ${more}
    HTTP_Listener {
      ${listener}
    }`,
});

export const LISTEN = 'Listen ":2081" { }';
export const PASSWORDS = { '/etc/http-passwd': 'alice:secret\n' };
export const BASIC = 'Enable_Authentication = true AuthPlainParameters = [ uri = "file:///etc/http-passwd" ]';
export const alice = { user: 'alice', password: 'secret' };

/** A server that answers GET /hello under what `listener` says. */
export const serve = (listener: string, options: MomentumOptions = {}) =>
  Momentum.start({ modules: [HELLO], files: PASSWORDS, config: conf(`${listener} ${LISTEN}`), ...options });

/** The status of GET /hello under what `listener` says. */
export async function statusUnder(listener: string, request: Partial<RequestOptions> = {}): Promise<number> {
  await using mta = await serve(listener);
  return (await mta.request({ ...hello, ...request })).status;
}

/** Answers every request with what `statements` does with `session`; `out(…)` appends values, with bars between. */
export function handling(statements: string, options: MomentumOptions = {}): Promise<Momentum> {
  const handler = `
    local function handler(session)
      local said = {}
      local function out(...)
        for i = 1, select("#", ...) do said[#said + 1] = tostring((select(i, ...))) end
        local text = table.concat(said, "|")
        session:response_string(text)
      end
      ${statements}
    end`;
  return Momentum.start({ modules: [web('msys.httpsrv.register(nil, "/", handler)', handler)], ...options });
}

export async function respond(
  statements: string,
  request: Partial<RequestOptions> = {},
): Promise<InProcessResponse> {
  await using mta = await handling(statements);
  return await mta.request({ url: '/', ...request });
}

/** What `out(…)` said. */
export async function answer(statements: string, request: Partial<RequestOptions> = {}): Promise<string> {
  const { status, text } = await respond(statements, request);
  expect(status).toBe(200);
  return text;
}

/** The loopback port of a server that listens as its configuration says. */
export async function portOf(mta: Momentum): Promise<number> {
  const { http } = await mta.listen({ http: 0 });
  return http!.port;
}

/** A client's whole conversation: sends `text`, and gives what has arrived when the server closes. */
export function talk(target: number | net.NetConnectOpts, text: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(typeof target === 'number' ? { port: target, host: '127.0.0.1' } : target);
    let received = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => (received += chunk));
    socket.once('error', reject).once('close', () => resolve(received));
    socket.write(text, 'latin1');
  });
}

export const LAST = 'Host: h\r\nConnection: close\r\n\r\n';
export const GET_HELLO = `GET /hello HTTP/1.1\r\n${LAST}`;

/** A certificate file of fixtures/tls. */
export const pem = (name: string) =>
  readFileSync(path.resolve(__dirname, '../../../fixtures/tls', `${name}.pem`));

export const PEM_FILES = {
  '/etc/server.pem': pem('server'),
  '/etc/server-cert.pem': pem('server-cert'),
  '/etc/server-key.pem': pem('server-key'),
  '/etc/ca.pem': pem('ca'),
};
export const CERTIFICATE = 'TLS_Certificate = "/etc/server.pem"';
export const CLIENT = { cert: pem('client'), key: pem('client') };
export const STRANGER = { cert: pem('stranger'), key: pem('stranger') };

export interface SecureAnswer {
  readonly status: number | undefined;
  readonly text: string;
  readonly protocol: string | null;
  readonly cipher: string;
}

/** GET over HTTPS; rejects when there is no session. */
export function secureGet(
  port: number,
  options: tls.ConnectionOptions = {},
  url = '/hello',
): Promise<SecureAnswer> {
  return new Promise((resolve, reject) => {
    const target = { host: '127.0.0.1', port, path: url, ca: pem('ca'), agent: false, ...options };
    const request = https.get(target, (response) => {
      const { socket } = response;
      if (!(socket instanceof tls.TLSSocket)) throw new TypeError('no TLS');
      const facts = { protocol: socket.getProtocol(), cipher: socket.getCipher().standardName };
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.once('end', () => resolve({ status: response.statusCode, text, ...facts }));
    });
    request.once('error', reject);
  });
}
