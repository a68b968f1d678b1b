/** Choices about requests, endpoints and the httplog. */
import { once } from 'node:events';
import net from 'node:net';
import { LuaError, Momentum, type MomentumOptions } from '../../../src';
import {
  answer,
  conf,
  GET_HELLO,
  handling,
  HELLO,
  hello,
  LAST,
  LISTEN,
  portOf,
  talk,
  web,
  type Declare,
} from './server';

const serving = (setup: string, options: MomentumOptions = {}) =>
  Momentum.start({ modules: [web(setup)], ...options });
const codes = (mta: Momentum) => [...mta.diagnostics].map(({ code }) => code);
const URL_OF = 'local url = session:request_url_get()';
const fetched = (key: string) => `select(2, msys.core.dict_key_exists_and_fetch(url.attrs, "${key}"))`;

function endpoints(row: Declare): void {
  row('H3', async () => {
    await using mta = await Momentum.start({ modules: [HELLO] });
    const response = await mta.request({ url: '/none' });
    expect([response.status, response.text, response.handler]).toEqual([404, 'Not Found\n', undefined]);
  });

  row('H4', async () => {
    await using mta = await Momentum.start({ modules: [HELLO] });
    expect((await mta.request({ ...hello, method: 'POST' })).status).toBe(404);
  });

  row('H5', async () => {
    const head = { method: 'HEAD', url: '/hello' };
    await using get = await Momentum.start({ modules: [HELLO] });
    expect((await get.request(head)).status).toBe(404);
    for (const method of ['"HEAD"', 'nil']) {
      await using mta = await serving(`msys.httpsrv.register(${method}, "/hello", says("hello"))`);
      expect(await mta.request(head)).toMatchObject({
        status: 200,
        text: '',
        headers: { 'content-length': '5' },
      });
    }
  });

  const late = 'msys.httpsrv.register("GET", "/late", function() end)';

  row('H20', async () => {
    await using strict = await Momentum.start();
    await expect(strict.eval(late)).rejects.toThrow(LuaError);
    expect(codes(strict)).toEqual(['LATE_REGISTRATION']);
    expect((await strict.request({ url: '/late' })).status).toBe(404);
    await using lenient = await Momentum.start({ strict: false });
    await lenient.eval(late);
    expect(lenient.diagnostics.at(0)).toMatchObject({ code: 'LATE_REGISTRATION', severity: 'warning' });
    expect((await lenient.request({ url: '/late' })).status).toBe(200);
  });

  row('H21', async () => {
    for (const [args, problem] of [
      ['{}, "/x", print', "bad argument #1 to 'register'"],
      ['"GET", nil, print', "bad argument #2 to 'register'"],
      ['"GET", "/x"', "bad argument #3 to 'register'"],
      ['"GET", "/x", "nobody"', "bad argument #3 to 'register' (function expected"],
    ])
      await expect(serving(`msys.httpsrv.register(${args})`)).rejects.toThrow(problem);
  });

  row('H22', async () => {
    await using mta = await serving('result = msys.httpsrv.register("GET", "/x", says("x"))');
    expect(await mta.eval('result')).toEqual([0]);
  });

  row('H24', async () => {
    const register = (method: string, path: string, text: string) =>
      `msys.httpsrv.register(${method}, "${path}", says("${text}"))`;
    const setup = [
      register('"POST"', '/a', 'post'),
      register('"GET"', '/a/b', 'below'),
      register('nil', '/a', 'any'),
      register('"GET"', '/', 'root'),
    ].join(' ');
    await using mta = await serving(setup);
    const text = async (method: string, url: string) => (await mta.request({ method, url })).text;
    expect(await text('POST', '/a/b')).toBe('post');
    expect(await text('GET', '/a/b/c?d')).toBe('below');
    expect(await text('GET', '/a/bc')).toBe('any');
    expect(await text('GET', '/ab')).toBe('root');
    expect(codes(mta)).toEqual([]);
  });

  row('H25', async () => {
    await using mta = await Momentum.start({ modules: [HELLO], now: '2024-03-04T05:06:07.890Z' });
    await mta.request(hello);
    expect(mta.httplog.map(({ text }) => text)).toEqual([
      '1709528767 127.0.0.1:40000 *:2081 "GET hello HTTP/1.1" 200 5 0.000',
    ]);
  });

  row('H43', async () => {
    const { text } = conf(LISTEN);
    const without = { text: text.replace('http_logger "http_logger" { }', '') };
    for (const [config, lines] of [
      [undefined, 1],
      [{ text }, 1],
      [without, 0],
    ] as const) {
      await using mta = await Momentum.start({ modules: [HELLO], ...(config && { config }) });
      await mta.request(hello);
      expect(mta.httplog).toHaveLength(lines);
    }
  });
}

function urls(row: Declare): void {
  row('H11', async () => {
    const statements = `${URL_OF} out(${fetched('a')}, url.query, url.path)`;
    const request = { url: '/x+y?a=b+c%2Bd' };
    expect(await answer(statements, request)).toBe('b+c+d|a=b+c+d|/x+y');
    await using mta = await handling(statements, { http: { plusIsSpace: true } });
    expect((await mta.request(request)).text).toBe('b c+d|a=b c+d|/x+y');
  });

  row('H12', async () => {
    const statements = `${URL_OF} out(${fetched('a')}, ${fetched('b')})`;
    expect(await answer(statements, { url: '/?a&b=1&b=2' })).toBe('|2');
    const absent = `${URL_OF} out(url.attrs, url.raw_query)`;
    expect(await answer(absent, { url: '/?a=1&=2' })).toBe('nil|a=1&=2');
    expect(await answer(absent, { url: '/' })).toBe('nil|nil');
  });

  row('H13', async () => {
    const statements = `${URL_OF} out(url.url, url.scheme, url.host, url.port)`;
    expect(await answer(statements, { url: '/%41?x' })).toBe('/%41?x|nil|nil|0');
    expect(await answer(statements, { url: 'http://h:8080/%41' })).toBe('http://h:8080/%41|http|h|8080');
  });
}

function receiving(row: Declare): void {
  const LENGTH = 'out(#tostring(select(2, session:request_data_get_string())))';

  row('H9', async () => {
    const http = { maxRequestSize: 4 };
    await using mta = await handling(`ran = true ${LENGTH}`, { http });
    const post = (body: string) => mta.request({ method: 'POST', url: '/', body });
    expect((await post('12345')).status).toBe(413);
    expect(await mta.eval('ran')).toEqual([undefined]);
    expect((await post('1234')).text).toBe('4');
    const port = await portOf(mta);
    // A client that never stops sending.
    const socket = net.connect(port, '127.0.0.1').on('error', () => undefined);
    socket.write('POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n');
    let received = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => (received += chunk));
    await once(socket, 'close');
    expect(received).toMatch(/^HTTP\/1\.1 413 [^]*\r\nConnection: close\r\n/);
  });

  row('H10', async () => {
    await using mta = await Momentum.start({ modules: [HELLO] });
    const port = await portOf(mta);
    const post = 'POST / HTTP/1.1\r\nHost: h\r\n';
    for (const request of [
      'nonsense\r\n\r\n',
      'GET / HTTP/1.1\r\nHost h\r\n\r\n',
      `${post}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
      'POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      'GET /\r\n\r\n',
    ])
      expect(await talk(port, request)).toMatch(
        /^HTTP\/1\.1 400 Bad Request\r\n[^]*\r\nConnection: close\r\n/,
      );
    expect(mta.httplog).toEqual([]);
  });

  row('H16', async () => {
    await using mta = await handling(LENGTH);
    const port = await portOf(mta);
    const accepted = once(mta.http, 'connection');
    const socket = net.connect(port, '127.0.0.1');
    socket.write(`POST / HTTP/1.1\r\nContent-Length: 8\r\n${LAST}half`);
    const [stream] = (await accepted) as [net.Socket];
    while (stream.bytesRead === 0) await new Promise(setImmediate);
    expect(mta.httplog).toEqual([]);
    socket.setEncoding('latin1').write('rest');
    expect(String((await once(socket, 'data'))[0])).toMatch(/\r\n\r\n8$/);
    socket.destroy();
  });

  row('H19', async () => {
    await using mta = await Momentum.start({ modules: [HELLO] });
    const port = await portOf(mta);
    const twice = await talk(port, `GET /hello HTTP/1.1\r\nHost: h\r\n\r\n${GET_HELLO}`);
    expect(twice.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
    expect(twice.match(/Connection: close/g)).toHaveLength(1);
    const patient = 'POST /hello HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n';
    expect(await talk(port, `${patient}${LAST}x`)).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 404 /);
  });

  row('H41', async () => {
    await using mta = await handling(`
      order = (order or "") .. session:request_url_get().path
      msys.sleep(1)
      order = order .. ";"`);
    const port = await portOf(mta);
    const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: h\r\n\r\n`;
    const last = `GET /3 HTTP/1.1\r\n${LAST}`;
    const text = talk(port, get('/1') + get('/2') + last + get('/4'));
    while (mta.httplog.length < 3) await mta.clock.advance('1s');
    expect((await text).match(/^HTTP\/1\.1 200/gm)).toHaveLength(3);
    expect(await mta.eval('order')).toEqual(['/1;/2;/3;']);
  });
}

export function requestChoices(row: Declare): void {
  endpoints(row);
  urls(row);
  receiving(row);
}
