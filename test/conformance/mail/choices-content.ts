/** Choices about what scripts see of the content of messages. */
import { Momentum } from '../../../src';
import '../../../src/jest';
import { lines, luaString, withMessage } from '../../api/support/message';
import type { TestRow } from './support';

const PLAIN = lines('Subject: s', '', 'one', 'two');
const MIXED = lines(
  'Content-Type: multipart/mixed; boundary=b',
  '',
  '--b',
  'Content-Type: text/plain',
  '',
  'first',
  '--b',
  'Content-Type: text/html',
  '',
  'second',
  '--b--',
);

let mta: Momentum;

const run = (message: string | Buffer, lua: string) => withMessage(mta, message, lua);

export function contentChoices(row: TestRow): void {
  describe('content', () => {
    beforeEach(async () => {
      mta = await Momentum.start();
    });
    afterEach(() => mta.stop());

    patterns(row);
    ends(row);
    setting(row);
    parts(row);
    functions(row);
  });
}

function patterns(row: TestRow): void {
  row('M30', async () => {
    const table = new Map<unknown, unknown>([
      [0, 'one'],
      [1, 'n'],
      ['x', 'n'],
    ]);
    expect(await run(PLAIN, 'return msg:raw_match("o(?P<x>n)e"), msg:body_match("Subject")')).toEqual([
      table,
      false,
    ]);
    expect(await run(MIXED, 'return msg:text_match("s|f")[0], msg:text_match("s\\\\w+d")[0]')).toEqual([
      'f',
      'second',
    ]);
  });

  row('M31', async () => {
    const latin = Buffer.from(lines('A: b', '', 'Grüße'), 'latin1');
    const find = (pattern: string) => `msg:body_match(${luaString(pattern)})`;
    const inText = `return ${find('^Gr.ße')}[0]`;
    expect(await run(lines('A: b', '', 'Grüße'), inText)).toEqual(['Grüße']);
    expect(await run(latin, `return ${find('Gr..e')} ~= false, ${find('ü')}`)).toEqual([true, false]);
    await expect(run(PLAIN, 'msg:text_replace("(", "")')).rejects.toThrow('does not compile: missing )');
    await expect(run(`A: b\r\n\r\n${'x'.repeat(6_000_000)}`, 'msg:raw_match("y")')).rejects.toThrow('memory');
  });

  row('M32', async () => {
    expect(await run(PLAIN, 'return msg:body_replace("(o)", "<$1>"), msg:body()')).toEqual([
      true,
      '<o>ne\r\ntw<o>',
    ]);
    expect(await run(PLAIN, 'return msg:body_replace("o", "o"), msg:text_replace("o", "o")')).toEqual([
      true,
      false,
    ]);
  });
}

function ends(row: TestRow): void {
  row('M33', async () => {
    const same = 'msg:body(msg:body() .. "\\r\\n.\\r\\n") return (msg:raw())';
    expect(await run(PLAIN, same)).toEqual([PLAIN]);
    expect(await run(PLAIN, 'msg:raw("A: b\\r\\n\\r\\nc\\r\\n.\\r\\n") return (msg:raw())')).toEqual([
      lines('A: b', '', 'c'),
    ]);
    expect(mta.diagnostics).toHaveLength(0);
    expect(await run(PLAIN, 'return msg:body("new")')).toEqual(['new']);
    expect(mta).toHaveDiagnostic('MISSING_END_MARKER');
  });

  row('M34', async () => {
    const ends = (pattern: string) => `msg:text_match("${pattern}") ~= false`;
    const lua = `return ${ends('two\\r\\n.\\r\\n')}, ${ends('two\\\\r\\\\n\\\\.\\\\r\\\\n$')}, ${ends('two\\\\s+\\\\.')}`;
    expect(await run(PLAIN, lua)).toEqual([true, true, false]);
    expect(await run(PLAIN, 'msg:raw_replace("two\\r\\n.\\r\\n", "2\\r\\n") return (msg:raw())')).toEqual([
      lines('Subject: s', '', 'one', '2'),
    ]);
  });
}

function setting(row: TestRow): void {
  row('M35', async () => {
    const lua = `local part = msg:mime(false)
    return msg:header("Subject", "", "append"), msg:header("Subject", ""), part:header("X", nil), #msg:header("Subject")`;
    expect(await run(PLAIN, lua)).toEqual([true, false, false, 0]);
    await expect(run(PLAIN, 'msg:header("Subject", nil, "replace")')).rejects.toThrow('a value is needed');
    expect(mta).toHaveDiagnostic('BAD_ARGUMENT');
    await expect(run(PLAIN, 'msg:header("Subject", "x", "top")')).rejects.toThrow('the mode is');
    expect(mta).toHaveDiagnostic('BAD_ARGUMENT');
  });

  row('M36', async () => {
    const image = lines('Content-Type: image/png', '', 'x');
    expect(await run(image, 'return msg:text(), msg:mime():text()')).toEqual([undefined, undefined]);
    const results = 'return select("#", msg:text("x")), select("#", msg:raw("A: b\\r\\n\\r\\n"))';
    expect(await run(PLAIN, results)).toEqual([0, 0]);
  });
}

function parts(row: TestRow): void {
  row('M37', async () => {
    const edits = `local top, new = msg:mime(false), msg:makePart("text/css")
    return new:insertBefore(top), new:insertAfter(top.parts), select("#", new:unlink())`;
    expect(await run(MIXED, edits)).toEqual([false, true, 0]);
    await expect(run(MIXED, 'msg:mime(true).parts:unlink()')).rejects.toThrow('msg:mime(false)');
    await expect(run(MIXED, 'local p = msg:mime() msg:raw("") return p.parts')).rejects.toThrow('of no use');
    const top = (terminator: boolean) =>
      run(MIXED, `msg:set_first_part(msg:makeContainer("multipart/mixed", "x", ${String(terminator)}))`);
    await top(true);
    expect(mta.diagnostics).toHaveLength(0);
    await top(false);
    expect(mta).toHaveDiagnostic('MISSING_END_MARKER');
  });

  row('M38', async () => {
    const html =
      'local raw, html = msg:raw(), nil html = msg:mime().parts.next return raw:sub(html.body_start + 1, html.body_end)';
    expect(await run(MIXED, html)).toEqual(['second']);
    const chosen = 'local p = msg:makePart("text/css", "abc") p.body_end = 1 return p:text(), p.encoding';
    const sevenBit = (await mta.eval('return msys.core.EC_MIME_TE_7BIT'))[0];
    expect(await run(MIXED, chosen)).toEqual(['a', sevenBit]);
    await expect(run(MIXED, 'msg:mime(false).parts.body_end = 1')).rejects.toThrow(
      'only of a part that was made',
    );
    for (const field of ['type', 'body']) {
      await expect(run(MIXED, `return msg:mime().${field}`)).rejects.toThrow('is not simulated');
      expect(mta).toHaveDiagnostic('NOT_SIMULATED');
    }
  });
}

function functions(row: TestRow): void {
  row('M39', async () => {
    const mcmt = lines('Content-Type: multipart/vnd.msys.mcmt; boundary=b', '', '--b', '', '--b--');
    expect(await run(mcmt, 'return msg:is_mcmt(), msg:get_delivery_method()')).toEqual([1, 'esmtp']);
    await using configured = await Momentum.start({ config: { text: 'delivery_method = "LMTP"' } });
    expect(await withMessage(configured, PLAIN, 'return msg:is_mcmt(), msg:get_delivery_method()')).toEqual([
      0,
      'lmtp',
    ]);
    expect(await mta.eval('return msys.core.ec_message_new(nil):get_message_size()')).toEqual([0]);
  });
}
