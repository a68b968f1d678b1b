/** 4.5, 4.6 and 4.12d: patterns. */
import { edited, inCallout, lines, luaString, type TestRow } from './support';

const ORDER = lines('Subject: order 12', '', 'total: 34 in 5', 'end');
const LATIN = lines(
  'Content-Type: multipart/mixed; boundary=b',
  '',
  '--b',
  'X-Part: 1',
  'Content-Type: text/plain; charset=iso-8859-1',
  'Content-Transfer-Encoding: quoted-printable',
  '',
  'Gr=FC=DFe',
  '--b',
  'X-Part: 2',
  'Content-Type: text/html; charset=utf-8',
  'Content-Transfer-Encoding: base64',
  '',
  Buffer.from('<b>Grüße</b>').toString('base64'),
  '--b',
  'Content-Type: application/x',
  '',
  'Grüße',
  '--b--',
);
const PATTERN = luaString('r(ü)');

export function matchRows(row: TestRow): void {
  matching(row);
  replacing(row);
  ofParts(row);
}

function matching(row: TestRow): void {
  row('mail-4-5a', async () => {
    const whole = new Map<unknown, unknown>([
      [0, 'order 12'],
      [1, 'order'],
      ['no', '12'],
      [2, '12'],
    ]);
    const raw = 'msg:raw_match([[(order|total) (?P<no>\\d+)]])';
    expect(await inCallout(`return ${raw}`, ORDER)).toEqual([whole]);
    const body = 'local found = msg:body_match([[(\\w+): (\\d+)]]) return found[0], found[1], found[2]';
    expect(await inCallout(body, ORDER)).toEqual(['total: 34', 'total', '34']);
    const text = `local found = msg:text_match(${PATTERN}) return found[0], found[1]`;
    expect(await inCallout(text, LATIN)).toEqual(['rü', 'ü']);
  });

  row('mail-4-5b', async () => {
    const lua = 'return msg:raw_match("X"), msg:body_match("order"), msg:text_match("order")';
    expect(await inCallout(lua, ORDER)).toEqual([false, false, false]);
    // Only text parts count.
    expect(await inCallout('return msg:text_match("application")', LATIN)).toEqual([false]);
  });
}

function replacing(row: TestRow): void {
  row('mail-4-6a', async () => {
    expect(await edited('assert(msg:raw_replace([[\\d+]], "#"))', ORDER)).toBe(ORDER.replace(/\d+/g, '#'));
    expect(await edited('assert(msg:body_replace([[(\\d+)]], "<$1>"))', ORDER)).toBe(
      ORDER.replace('34 in 5', '<34> in <5>'),
    );
    expect(await edited('assert(msg:text_replace("end", "END"))', ORDER)).toBe(ORDER.replace('end', 'END'));
  });

  row('mail-4-6b', async () => {
    const calls = ['raw', 'body', 'text'].map((what) => `msg:${what}_replace("XYZ", "-")`);
    expect(await inCallout(`return ${calls.join(', ')}`, ORDER)).toEqual([false, false, false]);
    expect(await edited(calls.join('\n'), LATIN)).toBe(LATIN);
  });

  row('mail-4-6c', async () => {
    const raw = await edited(`assert(msg:text_replace(${luaString('ße')}, ${luaString('n')}))`, LATIN);
    const html = Buffer.from('<b>Grün</b>').toString('base64');
    expect(raw).toBe(LATIN.replace('Gr=FC=DFe', 'Gr=FCn').replace(/PGI.*/, html));
  });

  row('mail-4-6d', async () => {
    const head = ['Subject: s', 'MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8'];
    const data = lines(...head, '', 'Gruesse');
    expect(await edited(`msg:text_replace("ue", "u")`, data)).toBe(lines(...head, '', 'Grusse'));
    const raw = await edited(`msg:text_replace("uess", ${luaString('üß')})`, data);
    expect(raw).toBe(lines(...head, 'Content-Transfer-Encoding: quoted-printable', '', 'Gr=C3=BC=C3=9Fe'));
  });
}

function ofParts(row: TestRow): void {
  row('mail-4-12d', async () => {
    const html = 'local html = msg:mime(false).parts.next ';
    const found = `${html} return html:raw_match("X-Part: (.)")[1], html:body_match("X-Part"),
      html:body_match("^PGI") ~= false, html:text_match(${PATTERN})[1], html:text_match("^G")`;
    expect(await inCallout(found, LATIN)).toEqual(['2', false, true, 'ü', false]);
    const text = `${html} assert(html:text_replace(${luaString('ü')}, "ue")) assert(not html:text_replace("x", "y"))`;
    const changed = Buffer.from('<b>Grueße</b>').toString('base64');
    expect(await edited(text, LATIN)).toBe(LATIN.replace(/PGI.*/, changed));
    expect(await edited(`${html} assert(html:body_replace("PGI", "PGk"))`, LATIN)).toBe(
      LATIN.replace('PGI', 'PGk'),
    );
    const raw = `${html} assert(html:raw_replace("X-Part: 2", "X-Part: 3"))`;
    expect(await edited(raw, LATIN)).toBe(LATIN.replace('X-Part: 2', 'X-Part: 3'));
  });
}
