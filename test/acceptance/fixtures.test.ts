import request from 'supertest';
import { Momentum } from '../../src';
import '../../src/jest';

const start = (name: string) => Momentum.start({ modules: [`fixtures/${name}.lua`] });

test.each([
  ['/query?b=2&a=1', 'a=1\nb=2\n'],
  ['/query?a=%C3%A9+%2B', 'a=é++\n'],
  ['/query?a=1&a=2', 'a=2\n'],
  ['/query', 'no attributes\n'],
  ['/query?', 'no attributes\n'],
])('query.lua: %s', async (url, text) => {
  const mta = await start('query');
  expect((await request(mta.http).get(url).expect(200)).text).toBe(text);
});

test('query.lua gives its iterators back', async () => {
  const mta = await start('query');
  await mta.request({ url: '/query?a=1' });
  expect(mta.journal.calls('msys.core.dict_iter2_free')).toHaveLength(1);
});

const EVERY_BYTE = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

test('echo.lua keeps every byte', async () => {
  const mta = await start('echo');
  const response = await request(mta.http)
    .put('/echo')
    .set('Content-Type', 'image/png')
    .send(EVERY_BYTE)
    .expect(200)
    .expect('Content-Type', 'image/png')
    .expect('X-Method', 'PUT');
  expect(response.body).toEqual(EVERY_BYTE);
  expect((await mta.request({ method: 'PUT', url: '/echo', body: EVERY_BYTE })).body).toEqual(EVERY_BYTE);
});

test('echo.lua: the longer path, registered first, has its own handler', async () => {
  const mta = await start('echo');
  expect(await mta.request({ method: 'POST', url: '/echo/size', body: EVERY_BYTE })).toMatchObject({
    statusText: 'Echoed',
    text: '256\n',
    handler: { method: null, path: '/echo/size' },
  });
});

test('multi/main.lua finds its siblings', async () => {
  const mta = await start('multi/main');
  expect((await mta.request({ url: '/letters?word=Banana' })).text).toBe('a 3\nb 1\nn 2\n');
  expect(await mta.eval('letters.count._NAME, letters.format')).toEqual(['letters.count', undefined]);
});

test('numbers.lua: doubles, as in 5.1', async () => {
  const mta = await start('numbers');
  const { text } = await request(mta.http).get('/numbers');
  expect(text.split('\n')).toEqual(['1700000000000', '5', '9.007199254741e+15', '433', '']);
});

test('lifecycle.lua prints to the paniclog', async () => {
  const mta = await start('lifecycle');
  await mta.stop();
  expect(mta.paniclog.map(({ text }) => text)).toEqual([
    '1767225600:scriptlet: lifecycle: chunk',
    '1767225600:scriptlet: lifecycle: init',
    '1767225600:scriptlet: lifecycle: rsrc_setup',
    '1767225600:scriptlet: lifecycle: deinit',
  ]);
});
