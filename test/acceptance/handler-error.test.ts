import request from 'supertest';
import { Momentum } from '../../src';
import '../../src/jest';

let mta: Momentum;
beforeEach(async () => {
  mta = await Momentum.start({ modules: ['fixtures/broken/handler-error.lua'] });
});

test('a 500 for the client, and the server goes on', async () => {
  const response = await request(mta.http).get('/fails');
  expect(response).toMatchInlineSnapshot(`
   HTTP 500 Internal Server Error
   content-length: 0
  `);
  expect((await request(mta.http).get('/works')).text).toBe('fine');
  expect(mta).toHaveLogged('paniclog', "attempt to concatenate local 'name'");
  expect(mta).not.toHaveCrashed();
});

test("the paniclog has 5.1's text and traceback", async () => {
  await mta.request({ url: '/fails' });
  expect(mta.paniclog).toHaveLength(1);
  expect(mta.paniclog[0]!.text).toMatchInlineSnapshot(`
   "1767225600:scriptlet: fixtures/broken/handler-error.lua:10: attempt to concatenate local 'name' (a nil value)
   stack traceback:
   	fixtures/broken/handler-error.lua:10: in function 'greet'
   	fixtures/broken/handler-error.lua:15: in function <fixtures/broken/handler-error.lua:13>"
  `);
  expect(mta.paniclog[0]!.frames!.map(({ name, line }) => [name, line])).toMatchInlineSnapshot(`
   [
     [
       "greet",
       10,
     ],
     [
       "local fails",
       15,
     ],
   ]
  `);
});

test('a command: the message is the answer, the traceback in the paniclog', async () => {
  const source = `
    msys.registerControl("fail", function() print("so far"); error("no further") end)
    msys.registerControl("fail table", function() error({}) end)`;
  mta = await Momentum.start({ modules: [{ name: 'command', source }] });
  expect(await mta.console('fail')).toMatchInlineSnapshot(`
   console FAILED
   so far
   command.lua:2: no further
   (no line end)
  `);
  expect(await mta.console('fail table')).toMatchInlineSnapshot(`
   console FAILED
   (error object is a table value)
   (no line end)
  `);
  expect(mta.paniclog).toHaveLength(2);
  expect(mta).toHaveLogged('paniclog', /no further\nstack traceback:\n/);
});
