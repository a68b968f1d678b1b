/** §8 and Log_Requests_to_Paniclog: the lines about requests. */
import { Momentum } from '../../../src';
import { conf, GET_HELLO, HELLO, hello, LISTEN, portOf, serve, talk, web, type Declare } from './server';

const NOW = '2024-03-04T05:06:07.890Z';
const SECONDS = 1_709_528_767;
const texts = (entries: readonly { readonly text: string }[]) => entries.map(({ text }) => text);

/** Takes a quarter of a second of the server's time. */
const SLOW = web(
  'msys.httpsrv.register("POST", "/some", function(session) msys.sleep(0.25) says("four")(session) end)',
);

export function logging(row: Declare): void {
  row('http-8-1', async () => {
    await using mta = await serve('');
    await mta.request(hello);
    await mta.request({ url: '/none' });
    expect(mta.httplog).toHaveLength(2);
    const text = conf(LISTEN).text.replace('http_logger "http_logger" { }', '');
    await using without = await Momentum.start({ modules: [HELLO], config: { text } });
    await without.request(hello);
    expect(without.httplog).toEqual([]);
  });

  row('http-8-2', async () => {
    await using mta = await Momentum.start({ modules: [SLOW], now: NOW });
    const response = mta.request({ method: 'POST', url: '/some/path?query=1' });
    await mta.clock.advance('1s');
    await response;
    expect(texts(mta.httplog)).toEqual([
      `${SECONDS} 127.0.0.1:40000 *:2081 "POST some/path HTTP/1.1" 200 4 250.000`,
    ]);
    const port = await portOf(mta);
    await talk(port, 'GET /none HTTP/1.0\r\n\r\n');
    expect(mta.httplog[1]!.text).toMatch(
      /^1709528768 127\.0\.0\.1:\d+ \*:2081 "GET none HTTP\/1\.0" 404 10 0\.000$/,
    );
  });

  row('http-8-3', async () => {
    await using mta = await serve('');
    const port = await portOf(mta);
    await talk(port, GET_HELLO);
    const [, , local, method, path] = mta.httplog[0]!.text.split(' ');
    expect([local, method, path]).toEqual(['*:2081', '"GET', 'hello']);
    await using one = await Momentum.start({ modules: [HELLO], config: conf('Listen "127.0.0.1:2081" {}') });
    await one.request(hello);
    expect(one.httplog[0]!.text).toContain(' 127.0.0.1:2081 "GET hello ');
  });

  row('http-1-16', async () => {
    await using on = await serve('Log_Requests_to_Paniclog = true');
    await on.request(hello);
    await on.request({ url: '/none' });
    expect(on.paniclog).toHaveLength(2);
    await using unset = await serve('');
    await unset.request(hello);
    expect(unset.paniclog).toEqual([]);
  });

  row('http-8-4a', async () => {
    await using mta = await serve('Log_Requests_to_Paniclog = true', { now: NOW });
    await mta.request({ url: '/hello/there?query=1' });
    expect(texts(mta.paniclog)).toEqual([`${SECONDS}:127.0.0.1 "GET hello/there HTTP/1.1" 200 5 0.000`]);
  });

  row('http-8-4b', async () => {
    await using mta = await Momentum.start({
      now: NOW,
      modules: [HELLO],
      config: conf(`Log_Requests_to_Paniclog = true ${LISTEN}`, 'log_hires_timestamp = true'),
    });
    await mta.request(hello);
    await mta.eval('print("spoken")');
    expect(texts(mta.paniclog)).toEqual([
      '1709528767890000:127.0.0.1 "GET hello HTTP/1.1" 200 5 0.000',
      '1709528767890000:scriptlet: spoken',
    ]);
    mta.domains.add('one.test', { active: 1 });
    mta.remote('one.test').accept();
    await mta.clock.advance('1s');
    expect(texts(mta.mainlog)).toEqual([expect.stringMatching(/^1709528767890000@.*@D@/)]);
    await using unset = await serve('', { now: NOW });
    await unset.console('config set log_hires_timestamp true');
    await unset.eval('print("later")');
    expect(unset.paniclog.at(-1)?.text).toBe(`${SECONDS}:scriptlet: later`);
  });
}
