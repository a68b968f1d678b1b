import request from 'supertest';
import { Momentum } from '../../src';
import '../../src/jest';

/** What the product's documentation shows for msys.httpsrv.register, written anew (4/lua/ref-msys-httpsrv-register). */
const DOCUMENTED = `
  require("msys.core")
  require("msys.extended.httpsrv")

  local doc = {}

  function say_hello(session)
    local details = session:request_url_get()
    session:response_status_set_std(200, details.url .. " says: Hello world!", "text/plain")
  end

  local function put_off(cc)
    if cc.argc < 2 then
      print("A domain is missing")
      return
    end
    local found = msys.core.dns_get_domain(cc.argv[1])
    if found != nil then
      msys.core.mail_queue_delay_domain(found, "451 4.4.1 [internal] manually delayed domain]")
      print(cc.argv[1], "added to the delayed queue.")
    end
  end

  function doc:rsrc_setup()
    msys.httpsrv.register("POST", "/somepath", say_hello)
    msys.registerControl("some_command", put_off)
    return true
  end

  msys.registerModule("doc", doc)`;

describe('the documented module', () => {
  let mta: Momentum;
  beforeAll(async () => {
    mta = await Momentum.start({
      modules: [{ name: 'doc', source: DOCUMENTED }],
      domains: ['example.com', 'other.example'],
    });
  });

  test('answers with the URL', async () => {
    const response = await request(mta.http)
      .post('/somepath')
      .expect(200)
      .expect('Content-Type', /^text\/plain/);
    expect(response.text).toBe('/somepath says: Hello world!');
  });

  test.each([
    ['POST', '/somepath', 200],
    ['POST', '/somepath/', 200],
    ['POST', '/somepath/x', 200],
    ['POST', '/somepath?q=1', 200],
    ['POST', '/somepathology', 404],
    ['POST', '/', 404],
    ['GET', '/somepath', 404],
    ['post', '/somepath', 404],
  ])('%s %s: %d', async (method, url, status) => {
    expect((await mta.request({ method, url })).status).toBe(status);
  });

  test('the command prints to the console and delays the domain', async () => {
    const result = await mta.console('some_command example.com');
    expect(result.output).toBe('example.com\tadded to the delayed queue.\n');
    expect(mta.domain('example.com')).toMatchObject({
      delayed: true,
      delayNote: '451 4.4.1 [internal] manually delayed domain]',
    });
    expect(mta.domain('other.example')).not.toBeDelayed();
    expect(mta.paniclog).toEqual([]);
  });

  test.each([
    ['some_command', 'A domain is missing\n'],
    ['some_command unknown.example', ''],
  ])('%s', async (line, output) => {
    expect(String(await mta.console(line))).toBe(output);
  });
});

describe('fixtures/example.lua', () => {
  let mta: Momentum;
  beforeEach(async () => {
    mta = await Momentum.start({ modules: ['fixtures/example.lua'], domains: ['example.com'] });
  });

  test('registers what it says', () => {
    expect(mta).toHaveEndpoint('POST', '/greeting');
    expect(mta).toHaveCommand('hold_domain');
  });

  test('POST /greeting', async () => {
    expect(await request(mta.http).post('/greeting?from=here')).toMatchInlineSnapshot(`
     HTTP 200 Hello from /greeting?from=here
     content-length: 30
     content-type: text/plain

     Hello from /greeting?from=here
    `);
  });

  test('hold_domain', async () => {
    expect(await mta.console('hold_domain example.com')).toMatchInlineSnapshot(`
     console COMPLETED
     example.com	added to the delayed queue.
    `);
    expect(mta.domain('example.com')).toBeDelayed({ note: '451' });
    expect(await mta.console('hold_domain other.example')).toMatchInlineSnapshot(`
     console COMPLETED
     other.example	is not known to this server.
    `);
    expect(await mta.console('hold_domain')).toMatchInlineSnapshot(`
     console COMPLETED
     usage: hold_domain <domain>
    `);
    expect(await mta.console('unknown_command')).toMatchInlineSnapshot(`
     console FAILED
     Unknown command: unknown_command
     (no line end)
    `);
  });
});
