import { Momentum } from '../../src';
import '../../src/jest';
import { lines, luaString, withMessage } from './support/message';

const PLAIN = lines('Subject: s', '', 'one', 'two');
const BINARY = Buffer.from([...Buffer.from('A: b\r\n\r\n'), 0, 0xff, 0x0d, 0x0a]);
const MIXED = lines(
  'Content-Type: multipart/mixed; boundary=b',
  '',
  '--b',
  'Content-Type: text/plain; charset=iso-8859-1',
  'Content-Transfer-Encoding: quoted-printable',
  '',
  'Gr=FC=DFe',
  '--b',
  'Content-Type: application/octet-stream',
  '',
  'data',
  '--b',
  'Content-Type: text/html',
  '',
  '<b>x</b>',
  '--b--',
);

let mta: Momentum;
beforeEach(async () => {
  mta = await Momentum.start();
});
afterEach(() => mta.stop());

const run = (message: string | Buffer, lua: string) => withMessage(mta, message, lua);

// 4/lua/ref-msg-raw
test.each([
  ['the message and its length', PLAIN, 'return msg:raw()', [PLAIN, PLAIN.length]],
  ['any bytes', BINARY, 'return msg:raw()', [BINARY, BINARY.length]],
  ['the size', PLAIN, 'return msg:get_message_size()', [PLAIN.length]],
  [
    'what is set',
    PLAIN,
    `msg:raw("B: c\\r\\n\\r\\n") return msg:header("B"), (msg:raw())`,
    [['c'], 'B: c\r\n\r\n'],
  ],
  [
    'no end-of-data marker',
    PLAIN,
    `msg:raw("B: c\\r\\n\\r\\nd\\r\\n.\\r\\n") return (msg:raw())`,
    ['B: c\r\n\r\nd\r\n'],
  ],
  ['setting answers nothing', PLAIN, 'return select("#", msg:raw("A: b\\r\\n\\r\\n"))', [0]],
])('msg:raw: %s', async (_title, message, lua, expected) => {
  expect(await run(message, lua)).toEqual(expected);
});

// 4/lua/ref-msg-body
test.each([
  ['without the line end that belongs to the marker', 'return msg:body()', ['one\r\ntwo']],
  [
    'what was read, with the marker, is what was there',
    'msg:body(msg:body() .. "\\r\\n.\\r\\n") return (msg:raw())',
    [PLAIN],
  ],
  ['setting answers the new body', 'return msg:body("new\\r\\n.\\r\\n")', ['new']],
])('msg:body: %s', async (_title, lua, expected) => {
  expect(await run(PLAIN, lua)).toEqual(expected);
});

test('msg:body without the end-of-data marker is a violation', async () => {
  expect(await run(PLAIN, 'msg:body("new\\r\\n") return (msg:raw())')).toEqual(['Subject: s\r\n\r\nnew\r\n']);
  expect(mta).toHaveDiagnostic('MISSING_END_MARKER');
});

test('in lenient mode it is a warning', async () => {
  await using lenient = await Momentum.start({ strict: false });
  expect(await withMessage(lenient, PLAIN, 'return msg:body("new")')).toEqual(['new']);
  expect([...lenient.diagnostics]).toMatchObject([{ code: 'MISSING_END_MARKER', severity: 'warning' }]);
});

// 4/lua/ref-msg-text, 4/lua/ref-msg-text-1
test.each([
  ['one part: a string', PLAIN, 'return msg:text()', ['one\r\ntwo\r\n']],
  ['several: a table', MIXED, 'return msg:text()', [['Grüße', '<b>x</b>']]],
  ['none: nil', lines('Content-Type: image/png', '', 'x'), 'return msg:text()', [undefined]],
  [
    'setting replaces the body',
    MIXED,
    `msg:text(${luaString('für\r\n')}, "text/html", "iso-8859-1")
     return msg:text(), msg:mime():content_type().mimetype, msg:mime():content_type().charset`,
    ['für\r\n', 'text/html', 'iso-8859-1'],
  ],
])('msg:text: %s', async (_title, message, lua, expected) => {
  expect(await run(message, lua)).toEqual(expected);
});

test('a text that the character set lacks is an error', async () => {
  await expect(run(PLAIN, `msg:text(${luaString('€')}, "text/plain", "iso-8859-1")`)).rejects.toThrow(
    "'€' cannot be converted to iso-8859-1",
  );
});

// 4/lua/ref-msg-is-mcmt, mobile/mobile-developer-guide/mobility-mcmt-injection
test.each([
  [PLAIN, 0],
  [lines('Content-Type: multipart/vnd.msys.mcmt; boundary=b', '', '--b', '', '--b--'), 1],
])('msg:is_mcmt', async (message, expected) => {
  expect(await run(message, 'return msg:is_mcmt()')).toEqual([expected]);
});

// 4/lua/ref-msg-get-delivery-method, 4/config/ref-delivery-method
test.each([
  ['', 'esmtp'],
  ['delivery_method = "GCM"', 'gcm'],
])('msg:get_delivery_method with %p', async (config, expected) => {
  await using configured = await Momentum.start({ config: { text: config } });
  expect(await withMessage(configured, PLAIN, 'return msg:get_delivery_method()')).toEqual([expected]);
});

// 4/lua/ref-msg-build
test('msys.core.ec_message_new: an empty message with ids and a time of its own', async () => {
  const lua = `local a, b = msys.core.ec_message_new(nil), msys.core.ec_message_new()
    return msys.type(a), (a:raw()), tostring(a.id) ~= tostring(b.id), a.creation_time.tv_sec`;
  expect(await mta.eval(lua)).toEqual([
    'msys.core:_ec_message',
    '',
    true,
    Math.floor(mta.clock.now().getTime() / 1000),
  ]);
});
