/** 4.15 to 4.18: discarding, codes, and functions about the whole message. */
import {
  BARE,
  inCallout,
  lines,
  MAIL,
  prints,
  runCallout,
  withPolicy,
  callout,
  type TestRow,
} from './support';

export function policyRows(row: TestRow): void {
  discarding(row);
  codes(row);
  others(row);
}

/** Why a mail was discarded that was discarded like that, and what the rejectlog says of it. */
async function reasonOf(call: string): Promise<string | undefined> {
  const { mta } = await runCallout(call);
  const { reason } = mta.messages[0]!;
  expect(mta.rejectlog).toHaveLength(1);
  expect(mta.rejectlog[0]!.text).toContain(` ${reason?.slice('550 '.length)}`);
  return reason;
}

function discarding(row: TestRow): void {
  row('mail-4-15a', async () => {
    for (const phase of ['data', 'data_spool', 'data_spool_each_rcpt']) {
      const { mta, sent } = await runCallout('msg:discard()', { phase });
      expect(sent).toBeAccepted();
      expect(sent.code).toBe(250);
      expect(mta.messages.map(({ disposition }) => disposition)).toEqual(['discarded']);
      expect(mta.domain('example.org')?.active ?? 0).toBe(0);
      mta.remote('*');
      await mta.clock.advance('1d');
      // Nobody is told: no delivery, no bounce.
      expect([mta.remote('*').deliveries, mta.bouncelog, mta.messages]).toMatchObject([
        [],
        [],
        { length: 1 },
      ]);
    }
    const { mta } = await runCallout('msg:discard()', { phase: 'set_binding' });
    expect(mta).toHaveDiagnostic('WRONG_PHASE');
  });

  row('mail-4-15b', async () => {
    const { mta } = await runCallout('msg:discard("550 My reason")');
    expect(mta.rejectlog.map(({ text }) => text)).toEqual([expect.stringMatching(/ E=550 .*My reason$/)]);
    expect(mta.mainlog.filter(({ type }) => type === 'R')).toEqual([]);
  });

  row('mail-4-15c', async () => {
    const mta = await withPolicy(`
      ${callout('data', 'msg:discard() print("after it")')}
      ${callout('data_spool', 'print("data_spool")')}`);
    await mta.smtp.send(MAIL);
    expect(prints(mta).slice(0, 1)).toEqual(['after it']);
    expect(mta.messages[0]!.disposition).toBe('discarded');
  });

  row('mail-4-15d', async () => {
    for (const reason of ['bounce', '5500 bounce', 'x 550'])
      expect(await reasonOf(`msg:discard("${reason}")`)).toBe('550 5.7.1 [internal] discarded by policy');
    expect(await reasonOf('msg:discard("550 Bounce message processed")')).toBe(
      '550 Bounce message processed',
    );
  });

  row('mail-4-15e', async () => {
    for (const call of ['msg:discard()', 'msg:discard(nil)'])
      expect(await reasonOf(call)).toBe('550 5.7.0 discarded by policy');
  });
}

function codes(row: TestRow): void {
  row('mail-4-16', async () => {
    const set = `return msg:code(), msg:code("421", "Too much spam."), msg:code(),
      msg:code(0, "554 5.1.2 No Valid Domain"), msg:code(550, "one\\ntwo")`;
    const multiLine = '550-one\r\n550 two';
    expect(await inCallout(set)).toEqual([
      undefined,
      '421 Too much spam.',
      '421 Too much spam.',
      '554 5.1.2 No Valid Domain',
      multiLine,
    ]);
    const { mta } = await runCallout('msg:code(421, "x")', { phase: 'set_binding' });
    expect(mta).toHaveDiagnostic('WRONG_PHASE');
    const delivery = await withPolicy(
      'function mod:core_log_transient_failure_v1(msg) print(msg:code()) end',
    );
    delivery.remote('example.org').reply(451, '4.7.1 later');
    await delivery.smtp.send(MAIL);
    await delivery.clock.advance(0);
    expect(prints(delivery)).toEqual(['451 4.7.1 later']);
  });
}

function others(row: TestRow): void {
  row('mail-4-17', async () => {
    const lua = 'return msg:get_message_size(), msg:is_mcmt(), msg:get_delivery_method()';
    expect(await inCallout(lua)).toEqual([MAIL.data.length, 0, 'esmtp']);
    const channels = lines('Content-Type: multipart/vnd.msys.mcmt; boundary=b', '', '--b', '', 'x', '--b--');
    expect(await inCallout(lua, channels)).toEqual([channels.length, 1, 'esmtp']);
    const to = ['you@example.org', 'you@example.net'];
    const config = { text: `${BARE}\ndomain "example.org" { delivery_method = "lmtp" }` };
    const { results } = await runCallout('return msg:get_delivery_method()', { config, mail: { to } });
    expect(results).toEqual([['lmtp'], ['esmtp']]);
  });

  row('mail-4-18', async () => {
    const list = 'A <jo+x@example.org>, G: "b c"@example.net;, al@example.com (comment)';
    const names = ['all', 'localpart', 'user', 'detail', 'domain'];
    const calls = names.map((name) => `msys.parseRFC2822Addresses([[${list}]], "${name}")`);
    expect(await inCallout(`return ${calls.join(', ')}`)).toEqual([
      ['jo+x@example.org', '"b c"@example.net', 'al@example.com'],
      ['jo+x', '"b c"', 'al'],
      ['jo', '"b c"', 'al'],
      ['x', '', ''],
      ['example.org', 'example.net', 'example.com'],
    ]);
  });
}
