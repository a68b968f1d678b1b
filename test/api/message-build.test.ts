import { Momentum } from '../../src';
import '../../src/jest';
import { luaString } from './support/message';

let mta: Momentum;
beforeEach(async () => {
  mta = await Momentum.start({ files: { '/tmp/a': 'AAEC' } });
});
afterEach(() => mta.stop());

const run = (lua: string) => mta.eval(`local msg = msys.core.ec_message_new(nil) ${lua}`);

const STRUCTURE = `local found, part = {}, msg:mime()
  while part do
    local type = part:content_type()
    found[#found + 1] = type.mimetype .. " " .. type.encoding .. " " .. tostring(type.filename)
    part = part.thread
  end
  return found, msg:text()`;

// 4/lua/ref-msg-build
test('alternatives and attachments of all kinds', async () => {
  const lua = `local attached = msys.core.ec_message_new(nil)
    attached:raw("Subject: inner\\r\\n\\r\\ninner\\r\\n")
    local io = msys.core.io_wrapper_open("/tmp/a", msys.core.O_RDONLY, 0)
    msg:build(
      { From = "a@example.com", Subject = "s" },
      { ["text/html"] = "<b>x</b>", ["text/plain; charset=utf-8"] = ${luaString('für')} },
      { { type = "text/csv", name = "./a.csv", headers = "X-A: 1\\r\\nX-B: 2", content = "a;b" },
        { type = "application/octet-stream", name = "/var/b.bin", content = io },
        { content = attached } })
    ${STRUCTURE}`;
  expect(await run(lua)).toEqual([
    [
      'multipart/mixed 7bit nil',
      'multipart/alternative 7bit nil',
      'text/plain base64 nil',
      'text/html quoted-printable nil',
      'text/csv quoted-printable a.csv',
      'application/octet-stream base64 b.bin',
      'message/rfc822 7bit Attached Message',
      'text/plain 7bit nil',
    ],
    expect.arrayContaining(['für', '<b>x</b>', 'a;b']),
  ]);
});

test('headers are as given, those of an attachment too', async () => {
  const lua = `msg:build({ ["X-Raw"] = "=?utf-8?Q?=C3=BC?=", Subject = 5 }, { ["text/plain"] = "x" },
      { { type = "text/css", name = "./a.css", headers = "X-A: 1", content = 7 } })
    return msg:header("X-Raw"), msg:header("subject"), msg:mime().parts.next:header("X-A"), msg:mime().parts.next:text()`;
  expect(await run(lua)).toEqual([['ü'], ['5'], ['1'], '7']);
});

test.each(['nil', '{}'])('no attachments: %s', async (none) => {
  expect(await run(`msg:build({}, { ["text/plain"] = "x" }, ${none}) return msg:text()`)).toEqual(['x']);
});

// 4/lua/ref-msys-idn
test('the documented example of msys.idn runs unchanged', async () => {
  const example = `
    local newMsg = msys.core.ec_message_new(nil)
    local headers = {}
    local parts = {}

    parts['text/plain'] = "this is a sample message"
    headers['from'] = [[From: “John Doe =?utf-8?Q?=28?=" <弗兰克@example.com>]]
    newMsg:build(headers, parts, {})

    local domains = newMsg:address_header("From", "domain");
    local idn = msys.idn.to_idn(domains[1]);
    local utf8 = msys.idn.to_utf8(idn);
    print ("Original: " .. domains[1] .. " IDN: " .. idn .. " UTF8: " .. utf8);`;
  await mta.eval(example);
  expect(mta).toHaveLogged('paniclog', 'Original: example.com IDN: example.com UTF8: example.com');
});

test.each([
  ['msg:raw("A: b\\r\\n\\r\\n") msg:build({}, {})', 'the message is not empty'],
  ['msg:build({ A = {} }, {})', 'a table of headers has names and strings'],
  ['msg:build({ A = "b\\r\\nC: d" }, {})', 'a line break that begins another header'],
  ['msg:build({}, { "x" })', 'a table of parts has names and strings'],
  ['msg:build({}, {}, { "x" })', 'attachment 1 is no table'],
  ['msg:build({}, {}, { { name = "a", content = "b" } })', 'attachment 1 has no type'],
  [
    'msg:build({}, {}, { { type = "text/css", name = "a.css", content = "" } })',
    'the name of attachment 1 is a file name alone',
  ],
  ['msg:build({}, {}, { { type = "text/css", name = "./a" } })', 'the content of attachment 1'],
])('%s is an error', async (statement, message) => {
  await expect(run(statement)).rejects.toThrow(message);
  expect(mta).toHaveDiagnostic('BAD_ARGUMENT');
});
