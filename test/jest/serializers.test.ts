import path from 'node:path';
import request from 'supertest';
import { ConfigError, ConsoleResult, Momentum, UsageError } from '../../src';
import '../../src/jest';

const SOURCE = `
  local mod = {}
  function mod:rsrc_setup()
    msys.httpsrv.register("GET", "/text", function(session)
      session:response_status_set(201, "Made up")
      session:response_header_set("X-Zebra", "last")
      session:response_header_set("Location", "http://127.0.0.1:54321/there")
      session:response_append("two\\nlines\\n", 10)
    end)
    msys.httpsrv.register("GET", "/bytes", function(session)
      session:response_status_ok("application/octet-stream")
      session:response_append("\\0\\255", 2)
    end)
    msys.httpsrv.register("GET", "/json", function(session)
      session:response_status_ok("application/json")
      session:response_append('{"a": 1}', 8)
    end)
    return true
  end
  msys.registerModule("serializers", mod)`;

const start = () => Momentum.start({ modules: [{ name: 'serializers', source: SOURCE }] });

test('a console result', () => {
  expect(new ConsoleResult('example.com\tadded.\nsecond\x07\n')).toMatchInlineSnapshot(`
   console COMPLETED
   example.com	added.
   second\\x07
  `);
  expect(new ConsoleResult('bad\r\nworse', 'FAILED')).toMatchInlineSnapshot(`
   console FAILED
   bad\\x0d
   worse
   (no line end)
  `);
  expect({ result: new ConsoleResult('') }).toMatchInlineSnapshot(`
   {
     "result": console COMPLETED
       (no output),
   }
  `);
});

describe('a response, in process and through a socket', () => {
  let mta: Momentum;
  beforeEach(async () => {
    mta = await start();
  });
  const both = async (url: string) => ({
    process: await mta.request({ url }),
    socket: await request(mta.http).get(url).buffer(true),
  });

  test('without date and port, headers in order', async () => {
    expect(await both('/text')).toMatchInlineSnapshot(`
     {
       "process": HTTP 201 Made up
         content-length: 10
         location: http://127.0.0.1:<port>/there
         x-zebra: last

         two
         lines
     ,
       "socket": HTTP 201 Made up
         content-length: 10
         location: http://127.0.0.1:<port>/there
         x-zebra: last

         two
         lines
     ,
     }
    `);
  });

  test('bytes that are no text', async () => {
    expect(await both('/bytes')).toMatchInlineSnapshot(`
     {
       "process": HTTP 200 OK
         content-length: 2
         content-type: application/octet-stream

         <2 bytes: 00ff>,
       "socket": HTTP 200 OK
         content-length: 2
         content-type: application/octet-stream

         <2 bytes: 00ff>,
     }
    `);
  });

  test('a body that the client parses', async () => {
    expect(await both('/json')).toMatchInlineSnapshot(`
     {
       "process": HTTP 200 OK
         content-length: 8
         content-type: application/json

         {"a": 1},
       "socket": HTTP 200 OK
         content-length: 8
         content-type: application/json

         {"a": 1},
     }
    `);
  });

  test('no endpoint', async () => {
    expect(await both('/nowhere')).toMatchInlineSnapshot(`
     {
       "process": HTTP 404 Not Found
         content-length: 10
         content-type: text/plain

         Not Found
     ,
       "socket": HTTP 404 Not Found
         content-length: 10
         content-type: text/plain

         Not Found
     ,
     }
    `);
  });
});

test('an error has its code and a place, and no path of this machine', async () => {
  const error: unknown = await Momentum.start({ modules: ['fixtures/broken/load-error.lua'] }).catch(
    (error: unknown) => error,
  );
  expect(error).toMatchInlineSnapshot(`
   ConfigError [CONFIG] at fixtures/broken/load-error.lua:3:30
   Module 'scriptlet' instance 'scriptlet' initialization failed while preparing to commit. Consult your vendor.

   Script "load-error": fixtures/broken/load-error.lua:3: attempt to index field 'queue' (a nil value)

     1 | -- Shows a runtime error while the script is loaded: a field of something that is nil.
     2 | local settings = {}
   > 3 | local limit = settings.queue.limit
       |                              ^
     4 |
     5 | local broken = {}

   Correct this and load the configuration again: a real server refuses to start with it, or goes on with the old one.
  `);
  expect((error as Error).cause).toMatchInlineSnapshot(`
   LuaError [LUA_ERROR] at fixtures/broken/load-error.lua:3:30
   fixtures/broken/load-error.lua:3: attempt to index field 'queue' (a nil value)

     1 | -- Shows a runtime error while the script is loaded: a field of something that is nil.
     2 | local settings = {}
   > 3 | local limit = settings.queue.limit
       |                              ^
     4 |
     5 | local broken = {}
  `);
  expect(new ConfigError(`no such file: ${path.resolve('a.conf')}`)).toMatchInlineSnapshot(`
   ConfigError [CONFIG]
   no such file: a.conf
  `);
  expect([new UsageError('one\ntwo')]).toMatchInlineSnapshot(`
   [
     UsageError [USAGE]
       one
       two,
   ]
  `);
});

test('a domain is shown by what its members are now', async () => {
  const mta = await Momentum.start({ domains: { 'example.com': { active: [{ to: 'x@example.com' }] } } });
  expect(mta.domain('example.com')).toMatchInlineSnapshot(`
   DomainView {
     "active": 1,
     "attempts": 0,
     "delayed": false,
     "delayedCount": 0,
     "deliveries": 0,
     "failures": 0,
     "messages": [
       {
         "binding": "default",
         "created": "2026-01-01T00:00:00.000Z",
         "from": "sender@example.com",
         "id": "3F/24-00001-009B5596",
         "nextAttempt": "2026-01-01T00:00:00.000Z",
         "queue": "active",
         "retries": 0,
         "to": "x@example.com",
       },
     ],
     "name": "example.com",
     "transients": 0,
   }
  `);
});

test('what only looks a little like them is left to jest', () => {
  expect({ status: 200, headers: {} }).toMatchInlineSnapshot(`
   {
     "headers": {},
     "status": 200,
   }
  `);
  expect({ name: 'example.com', delayed: true }).toMatchInlineSnapshot(`
   {
     "delayed": true,
     "name": "example.com",
   }
  `);
});
