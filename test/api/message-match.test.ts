import { Momentum } from '../../src';
import '../../src/jest';
import { lines, luaString, withMessage } from './support/message';

const PLAIN = lines('Subject: order 12', '', 'total: 34', 'end');
const LATIN = Buffer.from(lines('Subject: s', '', 'Grüße'), 'latin1');
const MIXED = lines(
  'Content-Type: multipart/alternative; boundary=b',
  '',
  '--b',
  'Content-Type: text/plain; charset=iso-8859-1',
  'Content-Transfer-Encoding: quoted-printable',
  '',
  'Gr=FC=DFe aus 7 L=E4ndern',
  '--b',
  'Content-Type: application/x',
  '',
  'Grusse',
  '--b',
  'Content-Type: text/html',
  '',
  '<b>Gruss</b>',
  '--b--',
);

let mta: Momentum;
beforeEach(async () => {
  mta = await Momentum.start();
});
afterEach(() => mta.stop());

const run = (message: string | Buffer, lua: string) => withMessage(mta, message, lua);

// 4/lua/ref-msg-raw-match, 4/lua/ref-msg-body-match, 4/lua/ref-msg-text-match
test.each([
  [
    'the whole message',
    PLAIN,
    'msg:raw_match("(\\\\w+) (\\\\d+)")',
    new Map([
      [0, 'order 12'],
      [1, 'order'],
      [2, '12'],
    ]),
  ],
  ['names', PLAIN, 'msg:raw_match("order (?P<no>\\\\d+)").no', '12'],
  ['headers are no body', PLAIN, 'msg:body_match("order")', false],
  ['the body', PLAIN, 'msg:body_match("\\\\d+")', new Map([[0, '34']])],
  ['undecoded', MIXED, 'msg:body_match("Gr=FC")[0]', 'Gr=FC'],
  ['decoded text', MIXED, `msg:text_match(${luaString('Gr(ü)ße')})[1]`, 'ü'],
  ['any text part', MIXED, 'msg:text_match("<b>(.*)</b>")[1]', 'Gruss'],
  ['only text parts', MIXED, 'msg:text_match("Grusse")', false],
  ['bytes that are no UTF-8', LATIN, 'msg:raw_match("Gr(.)")[1] == "\\252"', true],
  ['their pattern in bytes', LATIN, 'msg:body_match("\\252\\223") ~= false', true],
  [
    'the end-of-data marker when the pattern asks for it',
    PLAIN,
    'msg:body_match("(end)\\r\\n.\\r\\n")[1]',
    'end',
  ],
  ['and not otherwise', PLAIN, 'msg:raw_match("(?m)^\\\\.")', false],
])('match: %s', async (_title, message, call, expected) => {
  expect(await run(message, `return ${call}`)).toEqual([expected]);
});

// 4/lua/ref-msg-raw-replace, 4/lua/ref-msg-body-replace, 4/lua/ref-msg-text-replace
test.each([
  ['every match', PLAIN, 'msg:raw_replace("\\\\d", "#")', PLAIN.replace(/\d/g, '#')],
  [
    'references',
    PLAIN,
    'msg:raw_replace("(order) (\\\\d+)", "$2. $1")',
    PLAIN.replace('order 12', '12. order'),
  ],
  ['the body alone', PLAIN, 'msg:body_replace("\\\\d+", "0")', PLAIN.replace('34', '0')],
  ['what is not UTF-8', LATIN, 'msg:body_replace("\\252.", "ue")', lines('Subject: s', '', 'Gruee')],
  [
    'decoded text, in the character set and encoding of its part',
    MIXED,
    `msg:text_replace(${luaString('ße')}, ${luaString('ß')})`,
    MIXED.replace('Gr=FC=DFe', 'Gr=FC=DF'),
  ],
  [
    'all text parts',
    MIXED,
    'msg:text_replace("Gr[^ <]+", "Hi")',
    MIXED.replace('Gr=FC=DFe', 'Hi').replace('Gruss<', 'Hi<'),
  ],
  [
    'an encoding for what is no longer ASCII',
    PLAIN,
    `msg:text_replace("end", ${luaString('für')})`,
    lines(
      'Subject: order 12',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: quoted-printable',
      '',
      'total: 34',
      'f=C3=BCr',
    ),
  ],
  [
    'the end-of-data marker (4/lua/ref-msgpart-add-last-child)',
    PLAIN,
    'msg:text_replace("\\r\\n.\\r\\n", "\\r\\nDisclaimer\\r\\n.\\r\\n")',
    `${PLAIN}Disclaimer\r\n`,
  ],
])('replace: %s', async (_title, message, call, expected) => {
  expect(await run(message, `local done = ${call} return done, (msg:raw())`)).toEqual([true, expected]);
});

test.each([
  'msg:raw_replace("nothing", "x")',
  'msg:body_replace("order", "x")',
  'msg:text_replace("order", "x")',
  'msg:text_replace("end", "end")',
])('%s answers false and changes nothing', async (call) => {
  expect(await run(PLAIN, `local done = ${call} return done, (msg:raw())`)).toEqual([false, PLAIN]);
});

// 4/lua/ref-msgpart-raw-match and its neighbours
test('of a part: raw has its headers, body its encoded bytes, text what they mean', async () => {
  const lua = `local part = msg:mime().parts
    return part:raw_match("iso.8859")[0], part:body_match("iso"), part:body_match("=FC")[0],
      part:text_match(${luaString('(.)ße')})[1], part.next:text_match("Grusse"), msg:mime():text_match("Gr")`;
  expect(await run(MIXED, lua)).toEqual(['iso-8859', false, '=FC', 'ü', false, false]);
});

test('replacing in a part changes that part and no other', async () => {
  const lua = `local part = msg:mime(false).parts
    return part:text_replace("7", "8"), part:body_replace("aus", "in"), part.next:raw_replace("x", "y"),
      part:text_replace("x", "y"), (msg:raw())`;
  expect(await run(MIXED, lua)).toEqual([
    true,
    true,
    true,
    false,
    MIXED.replace('7', '8').replace('aus', 'in').replace('application/x', 'application/y'),
  ]);
});

test.each(['text', 'body', 'raw'])('%s_replace in a part for reading is an error', async (section) => {
  await expect(run(MIXED, `msg:mime().parts:${section}_replace("aus", "in")`)).rejects.toThrow(
    'parts that can be modified come from msg:mime(false)',
  );
});

test.each([
  [PLAIN, '"(a"', "the pattern '(a' does not compile: missing ) at offset 2"],
  [LATIN, '"(a"', "the pattern '(a' does not compile: missing ) at offset 2"],
  [LATIN, '""', 'an empty pattern was provided'],
  [PLAIN, '"^(a+)+$"', 'match limit'],
])('a pattern that cannot be searched is an error', async (message, pattern, error) => {
  const subject = error === 'match limit' ? `A: b\r\n\r\n${'a'.repeat(40)}!` : message;
  await expect(run(subject, `msg:body_match(${pattern})`)).rejects.toThrow(error);
});
