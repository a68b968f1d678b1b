/** §6: the validation context, the recipient list, accept and message constructs. */
import { callout, inCallout, listening, MAIL, prints, runCallout, withPolicy, type TestRow } from './support';

const PHASES = ['ehlo', 'mailfrom', 'rcptto', 'rcptto_list', 'data', 'data_spool', 'data_spool_each_rcpt'];

function replies(row: TestRow): void {
  row('mail-6-1a', async () => {
    for (const phase of PHASES) {
      const { mta, sent } = await runCallout('vctx:set_code(554, "5.7.1 not here")', { phase });
      expect(sent).toMatchObject({ refusal: { code: 554, text: '5.7.1 not here' } });
      expect(mta.messages.filter(({ disposition }) => disposition !== 'rejected')).toEqual([]);
      expect(mta.rejectlog.map(({ text }) => text)).toEqual([
        expect.stringMatching(/ E=554 .* 5\.7\.1 not here$/),
      ]);
      await mta.stop();
    }
    const { mta, sent } = await runCallout('vctx:set_code(250, "with thanks")', { phase: 'data' });
    expect(sent).toMatchObject({ code: 250, text: 'with thanks', refusal: undefined });
    expect(mta.messages).toMatchObject([{ disposition: 'queued' }]);
  });

  row('mail-6-1b', async () => {
    for (const code of ['550', '450']) {
      const { sent } = await runCallout(`vctx:set_code("${code}", "no")`, { phase: 'mailfrom' });
      expect(sent.refusal?.lines).toEqual([`${code} no`]);
    }
  });

  row('mail-6-2', async () => {
    // The example of the page.
    const mta = await withPolicy(`function mod:validate_mailfrom(str, accept, vctx)
      str = tostring(str)
      if (string.find(str, "disconnect@example.com") ~= nil) then
        vctx:disconnect(421, "Go away dude")
        return core.VALIDATE_DONE
      end
      return core.VALIDATE_CONT
    end`);
    const session = mta.smtp.session();
    await session.ehlo();
    expect(await session.mail('other@example.com')).toMatchObject({ code: 250 });
    await session.rset();
    expect((await session.mail('disconnect@example.com')).lines).toEqual(['421 Go away dude']);
    expect(session.disconnected).toBe(true);
  });

  row('mail-6-3', async () => {
    const mta = await withPolicy(
      callout('connect', 'vctx:tarpit(1)') + '\n' + callout('ehlo', 'vctx:tarpit(2.5)'),
    );
    const session = mta.smtp.session();
    await mta.clock.advance('999ms');
    expect(session.transcript).toEqual([]);
    await mta.clock.advance('1ms');
    expect(await session.greeting).toMatchObject({ code: 220 });
    const ehlo = session.ehlo();
    await mta.clock.advance('2499ms');
    expect(session.transcript.at(-1)).toBe('C: EHLO client.test');
    await mta.clock.advance('1ms');
    expect(await ehlo).toMatchObject({ code: 250 });
  });
}

const ENVELOPE = { to: ['a@example.org', 'b@example.org'] };

function recipients(row: TestRow): void {
  /** The recipients of the messages after a callout has changed the list. */
  const after = async (lua: string, phase = 'data'): Promise<string[]> => {
    const { mta, sent } = await runCallout(lua, { phase, mail: ENVELOPE });
    expect(sent).toMatchObject({ code: 250 });
    return mta.messages.map(({ envelope }) => envelope.to);
  };

  row('mail-6-4a', async () => {
    for (const phase of ['rcptto_list', 'data'])
      expect(await after('vctx:add_recipient("c@example.net")', phase)).toEqual([
        ...ENVELOPE.to,
        'c@example.net',
      ]);
    expect(await after('vctx:add_recipient({ "c@example.net", "d@example.net" })')).toEqual([
      ...ENVELOPE.to,
      'c@example.net',
      'd@example.net',
    ]);
  });

  row('mail-6-4b', async () => {
    expect(await after('vctx:remove_recipient("a@example.org")')).toEqual(['b@example.org']);
    expect(
      await after(
        'vctx:add_recipient("c@example.net") vctx:remove_recipient({ "a@example.org", "b@example.org" })',
      ),
    ).toEqual(['c@example.net']);
  });

  row('mail-6-4c', async () => {
    // The loop of the example on the page of vctx:add_recipient.
    const walk = 'local sum = "" for i = 0, #list do sum = sum .. list[i] .. " " end return sum';
    expect(
      await inCallout(`local list = vctx:recipient_list() ${walk}`, MAIL.data, {
        phase: 'data',
        mail: ENVELOPE,
      }),
    ).toEqual(['a@example.org b@example.org ']);
    expect(await after('vctx:recipient_list("c@example.net")')).toEqual(['c@example.net']);
    expect(await after('vctx:recipient_list({ "c@example.net", "a@example.org" })')).toEqual([
      'c@example.net',
      'a@example.org',
    ]);
  });

  row('mail-6-4d', async () => {
    const changes = [
      'vctx:add_recipient("c@example.net")',
      'vctx:remove_recipient("a@example.org")',
      'vctx:recipient_list({ "c@example.net" })',
    ];
    for (const change of changes) {
      const tried = `print(pcall(function() ${change} end))`;
      const mta = await withPolicy(
        `${callout('rcptto_list_final', 'print("final")')}\n${callout('data', tried)}\n${callout('data_spool_each_rcpt', tried)}`,
      );
      await mta.smtp.send({ ...MAIL, to: 'a@example.org' });
      const failed = expect.stringMatching(/^false\t.*the recipient list is final/) as string;
      expect(prints(mta)).toEqual(['final', failed, failed]);
      expect(mta.messages.map(({ envelope }) => envelope.to)).toEqual(['a@example.org']);
      await mta.stop();
    }
  });
}

function structures(row: TestRow): void {
  row('mail-6-5', async () => {
    const read = 'vctx.code, vctx.note, vctx.body_has_changed, vctx.transparency';
    expect(
      await inCallout(`
        local before = { ${read} }
        vctx:set_code(250, "fine")
        vctx.body_has_changed = 1
        vctx.transparency = 1
        return before[1], before[2] == nil, before[3], before[4], ${read}, msys.type(vctx.session)`),
    ).toEqual([0, true, 0, 0, 250, 'fine', 1, 1, expect.stringMatching(/Event/)]);
    const { sent } = await runCallout('vctx.code = 421 vctx.note = "later" vctx.disconnect = 1', {
      phase: 'mailfrom',
    });
    expect(sent).toMatchObject({ code: 421, text: 'later', disconnected: true });
  });

  row('mail-6-6a', async () => {
    const mta = await withPolicy(
      callout(
        'connect',
        'print(tostring(ac.remote_addr), ac.protocol == core.P_ESMTP, tostring(ac.conn_id), ac.inst.address)',
      ),
    );
    const { messages } = await mta.smtp.send({ ...MAIL, peer: '192.0.2.7:4711' });
    expect(prints(mta)).toEqual([`192.0.2.7:4711\ttrue\t${messages[0]!.connectionId}\t*:25`]);
  });

  row('mail-6-6b', async () => {
    const show = (phase: string) =>
      callout(
        phase,
        `local mc = core.accept_construct_get_message_construct(ac)
         vctx:set(core.VCTX_CONN, "key", "${phase}")
         print(mc.ctx:get(core.VCTX_CONN, "key"), mc.state, mc.relayable, core.dict_key_exists(mc.smtp_capabilities, "PIPELINING"),
           mc.connection_message_count, mc.connection_rcpt_count, mc.message_rcpt_count)`,
      );
    const mta = await withPolicy(['connect', 'ehlo', 'mailfrom', 'rcptto', 'data'].map(show).join('\n'));
    await mta.smtp.send({ ...MAIL, ...ENVELOPE });
    const shown = prints(mta).map((line) => line.split('\t'));
    const column = (index: number) => shown.map((values) => values[index]);
    expect(column(0)).toEqual(['connect', 'ehlo', 'mailfrom', 'rcptto', 'rcptto', 'data']);
    // Numbers of 3/3-api/apis-ec-log-rejection-2.
    expect(column(1)).toEqual(['0', '2', '4', '6', '6', '11']);
    expect(column(2)).toEqual(['0', '0', '0', '1', '1', '1']);
    expect(new Set(column(3))).toEqual(new Set(['1']));
    expect(shown.map((values) => values.slice(4))).toEqual([
      ['0', '0', '0'],
      ['0', '0', '0'],
      ['0', '0', '0'],
      ['1', '0', '0'],
      ['1', '1', '1'],
      ['1', '2', '2'],
    ]);
  });

  row('mail-6-6c', async () => {
    const ac = 'require("msys.extended.ac")';
    const mta = await withPolicy(
      `${ac}
       ${callout('connect', 'ac:esmtp_capability_add("XCUSTOM") ac:esmtp_capability_remove("8BITMIME")')}
       ${callout('ehlo', 'if tostring(str):find("other") then ac:esmtp_capability_remove("XCUSTOM") end')}`,
    );
    const session = mta.smtp.session();
    await session.ehlo();
    expect(session.capabilities).toEqual(['PIPELINING', 'XCUSTOM']);
    await session.ehlo('other');
    expect(session.capabilities).toEqual(['PIPELINING']);
  });

  row('mail-6-6d', async () => {
    const counts = [
      '',
      '"/24"',
      '"/32"',
      '"192.0.2.8"',
      '"192.0.0.0/16"',
      '"0.0.0.0/0", "SMTP"',
      'nil, "Control"',
    ];
    const mta = await withPolicy(
      `require("msys.extended.ac")
       ${callout('ehlo', `print(${counts.map((args) => `ac:inbound_session_count(${args})`).join(', ')})`)}`,
      listening('Open_Relay = true'),
    );
    const peers = ['192.0.2.7', '192.0.2.8', '192.0.3.1', '198.51.100.1'];
    const sessions = peers.map((peer) => mta.smtp.session({ peer }));
    for (const session of sessions) await session.greeting;
    await sessions[0]!.ehlo();
    await sessions[1]!.quit();
    await sessions[0]!.ehlo();
    expect(prints(mta)).toEqual(['1\t2\t1\t1\t3\t4\t0', '1\t1\t1\t0\t2\t3\t0']);
  });
}

export function vctxRows(row: TestRow): void {
  replies(row);
  recipients(row);
  structures(row);
}
