import { Momentum } from '../../src';
import '../../src/jest';
import { lines, luaString, withMessage } from './support/message';

const MIXED = lines(
  'Subject: s',
  'Content-Type: multipart/mixed; boundary=out',
  '',
  'preamble',
  '--out',
  'Content-Type: multipart/alternative; boundary=in',
  '',
  '--in',
  'Content-Type: text/plain; charset=utf-8',
  '',
  'plain',
  '--in',
  'Content-Type: text/html',
  'Content-Transfer-Encoding: base64',
  '',
  'PGI+aHRtbDwvYj4=',
  '--in--',
  '--out',
  'Content-Type: application/pdf; name="other.pdf"',
  'Content-Disposition: attachment; filename="a b.pdf"',
  '',
  'data',
  '--out--',
);

let mta: Momentum;
beforeEach(async () => {
  mta = await Momentum.start();
});
afterEach(() => mta.stop());

const run = (lua: string, message = MIXED) => withMessage(mta, message, lua);

// 4/lua/ref-msg-mime, 3/3-api/structs-ec-message-part
test('thread goes through the tree in the order of the message', async () => {
  const lua = `local types, part = {}, msg:mime()
    while part ~= nil do
      types[#types + 1] = part:content_type().mimetype
      part = part.thread
    end
    return types`;
  expect(await run(lua)).toEqual([
    ['multipart/mixed', 'multipart/alternative', 'text/plain', 'text/html', 'application/pdf'],
  ]);
});

test('next, parts and parent lead to the same parts', async () => {
  const lua = `local top = msg:mime()
    local alternative = top.parts
    return msys.type(top), alternative == top.thread, alternative.next:content_type().mimetype,
      alternative.parts.next.parent == alternative, top.parent, alternative.next.next, alternative.next.parts`;
  expect(await run(lua)).toEqual([
    'msys.core:_ec_message_part',
    true,
    'application/pdf',
    true,
    undefined,
    undefined,
    undefined,
  ]);
});

test('offsets lead to the sections of a part', async () => {
  const lua = `local raw, top = msg:raw(), nil
    top = msg:mime()
    local plain = top.parts.parts
    return raw:sub(top.preamble_start + 1, top.preamble_start + 8), top.headers_start,
      raw:sub(plain.headers_start + 1, plain.headers_start + 12), raw:sub(plain.body_start + 1, plain.body_end),
      raw:sub(top.body_start + 1, top.body_start + 5), top.preamble_len == top.body_start - top.preamble_start,
      top.epilogue_end == #raw, top.boundary, top.boundary_len, plain.boundary, plain.boundary_len`;
  expect(await run(lua)).toEqual([
    'preamble',
    0,
    'Content-Type',
    'plain',
    '--out',
    true,
    true,
    'out',
    3,
    undefined,
    0,
  ]);
});

test.each([
  ['7bit', 'EC_MIME_TE_7BIT'],
  ['8bit', 'EC_MIME_TE_8BIT'],
  ['Base64', 'EC_MIME_TE_BASE64'],
  ['quoted-printable', 'EC_MIME_TE_QUOTED_PRINTABLE'],
  ['x-unknown', 'EC_MIME_TE_BINARY'],
])('the encoding %s is %s', async (encoding, constant) => {
  const message = lines(`Content-Transfer-Encoding: ${encoding}`, '', 'x');
  expect(await run(`return msg:mime().encoding == msys.core.${constant}`, message)).toEqual([true]);
});

// 4/lua/ref-msgpart-content-type
test('content_type: a file name from Content-Disposition comes first', async () => {
  const lua = 'local top = msg:mime() return top.parts.next:content_type(), top.parts.parts:content_type()';
  expect(await run(lua)).toEqual([
    { mimetype: 'application/pdf', encoding: '7bit', is_attachment: true, filename: 'a b.pdf' },
    { mimetype: 'text/plain', charset: 'utf-8', encoding: '7bit', is_attachment: false },
  ]);
});

// 4/lua/ref-msgpart-header, 4/lua/ref-msgpart-header-2, 4/lua/ref-msgpart-header-3, 4/lua/ref-msgpart-address-header
test('headers of a part', async () => {
  const lua = `local part = msg:mime(false).parts.parts
    local set, unset = part:header("X-A", {"1", "2"}), part:header("X-B", nil)
    part:header("X-C", "3", "prepend")
    part:header("Content-Type", nil)
    part:header("To", "a+b@example.com")
    return part:header("x-a"), set, unset, part:header("Content-Type"), part:address_header("To", "detail"),
      msg:header("X-A"), (msg:raw())`;
  const changed = MIXED.replace(
    'Content-Type: text/plain; charset=utf-8',
    'X-C: 3\r\nX-A: 1\r\nX-A: 2\r\nTo: a+b@example.com',
  );
  expect(await run(lua)).toEqual([['1', '2'], true, false, {}, ['b'], {}, changed]);
});

// 4/lua/ref-msgpart-text, 4/lua/ref-msgpart-text-2
test('text: decoded, nil without a body; setting encodes and declares it', async () => {
  const lua = `local part = msg:mime(false).parts.parts
    local before, html, pdf = part:text(), part.next:text(), part.parent:text()
    part:text(${luaString('für\r\n.\r\n')}, "text/plain", "utf-8")
    return before, html, pdf, part:text(), part:header("Content-Transfer-Encoding"), msg:text()`;
  expect(await run(lua)).toEqual([
    'plain',
    '<b>html</b>',
    undefined,
    'für\r\n.\r\n',
    ['quoted-printable'],
    ['für\r\n.\r\n', '<b>html</b>'],
  ]);
  const empty = lines('Content-Type: multipart/mixed; boundary=b', '', '--b', 'A: b', '', '--b--');
  expect(await run('return msg:mime().parts:text()', empty)).toEqual([undefined]);
});

const types = (at: string) =>
  `local types, part = {}, ${at}
   while part do types[#types + 1] = part:content_type().mimetype part = part.thread end
   return types, (msg:raw())`;

// 4/lua/ref-msgpart-add-first-child, -add-last-child, -insert-before, -insert-after, -unlink
test.each([
  ['assert(top:addFirstChild(new) == true)', ['top', 'new', 'alternative', 'plain', 'html', 'pdf']],
  ['assert(top:addLastChild(new) == true)', ['top', 'alternative', 'plain', 'html', 'pdf', 'new']],
  ['new:insertBefore(top.parts.next)', ['top', 'alternative', 'plain', 'html', 'new', 'pdf']],
  ['new:insertAfter(top.parts.parts)', ['top', 'alternative', 'plain', 'new', 'html', 'pdf']],
  ['top.parts:unlink()', ['top', 'pdf']],
  ['top.parts.next:unlink()', ['top', 'alternative', 'plain', 'html']],
])('%s', async (edit, expected) => {
  const names: Record<string, string> = {
    top: 'multipart/mixed',
    new: 'text/css',
    alternative: 'multipart/alternative',
    plain: 'text/plain',
    html: 'text/html',
    pdf: 'application/pdf',
  };
  const lua = `local top, new = msg:mime(false), msg:makePart("text/css", "p {}")
    ${edit} ${types('msg:mime()')}`;
  const [found, raw] = (await run(lua)) as [string[], string];
  expect(found).toEqual(expected.map((name) => names[name]));
  // The bytes say the same to whoever reads them anew.
  expect((await run(types('msg:mime()'), raw))[0]).toEqual(found);
});

test('a part that is no container takes no children', async () => {
  const lua = `local leaf = msg:mime(false).parts.parts
    return leaf:addLastChild(msg:makePart("text/css")), leaf:addFirstChild(msg:makePart("text/css")), (msg:raw())`;
  expect(await run(lua)).toEqual([false, false, MIXED]);
});

// 4/lua/ref-msg-make-part
test('makePart: a literal body in an encoding', async () => {
  const lua = `local core = msys.core
    local io = core.io_wrapper_open("/tmp/body", core.O_RDONLY, 0)
    local part = msg:makePart("text/plain", io, core.EC_MIME_TE_BASE64)
    msg:mime(false):addLastChild(part)
    return part:text(), part:header("Content-Transfer-Encoding"), part.parent == msg:mime(false),
      msg:makePart("text/plain").thread, msg:makePart("text/plain", "x"):header("Content-Transfer-Encoding")`;
  await using withFile = await Momentum.start({ files: { '/tmp/body': 'dGV4dA==' } });
  expect(await withMessage(withFile, MIXED, lua)).toEqual(['text', ['base64'], true, undefined, {}]);
});

test('body_start and body_end choose of the body that a part was made with', async () => {
  const lua = `local part = msg:makePart("text/plain", "abcdef")
    local from, to = part.body_start, part.body_end
    part.body_start, part.body_end = 1, 3
    msg:mime(false):addLastChild(part)
    return from, to, part:text()`;
  expect(await run(lua)).toEqual([0, 6, 'bc']);
});

// 4/lua/ref-msg-make-container, 4/lua/ref-msg-make-boundary
test('makeContainer and makeBoundary', async () => {
  const lua = `local given, made = msg:makeContainer("multipart/related", "mine"), msg:makeContainer("multipart/mixed")
    local other = msg:makeBoundary(given, made)
    assert(made:addLastChild(msg:makePart("text/plain", "x")))
    assert(made:addFirstChild(given))
    assert(msg:mime(false):addLastChild(made))
    return given.boundary, made.boundary ~= other, #made.boundary > 10, made.parts:content_type().mimetype`;
  expect(await run(lua)).toEqual(['mine', true, true, 'multipart/related']);
});

// 4/lua/ref-msg-make-container, 3/3-api/apis-ec-message-set-first-part
test('a container with a terminator can be the top of a message', async () => {
  const lua = `local top = msg:makeContainer("multipart/mixed", "b", true)
    top:addLastChild(msg:makePart("text/plain", "x"))
    msys.core.ec_message_set_first_part(msg, top)
    return msg:text(), msg:mime().boundary, (msg:raw():match("%-%-b%-%-\\r\\n$"))`;
  expect(await run(lua)).toEqual(['x', 'b', '--b--\r\n']);
  expect(mta.diagnostics).toHaveLength(0);
  expect(
    await run('msg:set_first_part(msg:makeContainer("multipart/mixed", "b")) return msg:mime().boundary'),
  ).toEqual(['b']);
  expect(mta).toHaveDiagnostic('MISSING_END_MARKER');
});

test.each([
  ['msg:mime():header("X-A", "b")', 'msg:mime(false)'],
  ['msg:mime(true).parts:header("Content-Type", nil)', 'msg:mime(false)'],
  ['msg:mime():addLastChild(msg:makePart("text/css"))', 'msg:mime(false)'],
  ['msg:makePart("text/css"):insertAfter(msg:mime().parts)', 'msg:mime(false)'],
  ['msg:mime().parts:unlink()', 'msg:mime(false)'],
  ['msg:mime().parts.parts:text("x")', 'msg:mime(false)'],
  ['msg:mime().body_start = 1', 'msg:mime(false)'],
  ['msg:mime(false).parts.parts.body_start = 1', 'only of a part that was made'],
  ['local part = msg:mime(false).parts msg:raw("A: b\\r\\n\\r\\n") part:unlink()', 'of no use any more'],
  ['local part = msg:mime().parts msg:raw("A: b\\r\\n\\r\\n") return part.thread', 'of no use any more'],
  ['msg:makePart("a\\r\\nb")', 'line'],
  ['msg:makeContainer("text/plain")', 'the type of a container is a multipart'],
  [
    'msg:mime(false):addLastChild(msg:makeContainer("multipart/mixed", nil, true))',
    'the part was made with add_terminator',
  ],
])('%s is an error', async (statement, message) => {
  await expect(run(statement)).rejects.toThrow(message);
});

test.each([
  ['msg:makePart("text/plain", "x", 4711)', 'msys.core.EC_MIME_TE_*', 'BAD_ARGUMENT'],
  ['return msg:mime().type', 'ec_mime_component_type', 'NOT_SIMULATED'],
  ['msg:mime(false).touched = 1', 'touched', 'NOT_SIMULATED'],
] as const)('%s is a violation', async (statement, message, code) => {
  await expect(run(statement)).rejects.toThrow(message);
  expect(mta).toHaveDiagnostic(code);
});
