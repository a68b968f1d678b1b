/** Sessions that meet many others, a reload, the end of the server, or callouts that fail: none is left behind. */
import { setImmediate as turn } from 'node:timers/promises';
import { CONT } from '../listeners/smtp/support';
import { Clients, CODES, COMPLETE, DIALOGUE, expectReplies } from './support/clients';
import { expectNothingLeft, inbound, until } from './support/guarded';
import { codesOf } from './support/wire';

const clients = new Clients();
afterEach(() => clients.stop());

const HALF_MAIL = 'EHLO a\r\nMAIL FROM:<a@b.example>\r\n';

describe('many wires', () => {
  test('500 at the same time', async () => {
    await clients.start();
    const wires = await Promise.all(Array.from({ length: 500 }, () => clients.dial()));
    await Promise.all(wires.map((client) => client.replies(1)));
    expect(await inbound(clients.mta)).toBe(500);
    for (const client of wires) client.end(DIALOGUE);
    await Promise.all(wires.map(({ closed }) => closed));
    expect(wires.filter(({ codes }) => codes.join() !== CODES.join())).toEqual([]);
    expect(clients.mta.messages).toHaveLength(500);
    expect(new Set(clients.mta.messages.map(({ id }) => id)).size).toBe(500);
    await expectNothingLeft(clients.mta, 500);
  });

  test('beyond Listener_Sessions each hears 421, and the places are free again afterwards', async () => {
    await clients.start('Listener_Sessions = 40');
    for (let round = 0; round < 3; round++) {
      const wires = await Promise.all(Array.from({ length: 120 }, () => clients.dial()));
      await Promise.all(wires.map((client) => client.replies(1)));
      const served = wires.filter(({ codes }) => codes[0] === 220);
      const refused = wires.filter(({ codes }) => codes[0] === 421);
      expect([served.length, refused.length]).toEqual([40, 80]);
      await Promise.all(refused.map(({ closed }) => closed));
      expect(new Set(refused.map(({ said }) => said))).toEqual(
        new Set(['421 4.4.5 Service unavailable, concurrency limit reached.\r\n']),
      );
      for (const client of served) client.destroy();
      await until('no session is left', async () => (await inbound(clients.mta)) === 0);
    }
    await expectNothingLeft(clients.mta);
    expect(clients.mta.rejectlog).toHaveLength(240);
  });

  test('who sends nothing is dropped after Idle_Time, in every state', async () => {
    await clients.start('Idle_Time = 60');
    const states = ['', 'EHLO a\r\n', 'MAIL FROM:<a@b.example>\r\n', 'EHLO', DIALOGUE.slice(0, COMPLETE - 5)];
    const wires = await Promise.all(states.map(() => clients.dial()));
    await Promise.all(
      wires.map((client, i) => {
        client.write(states[i]!);
        return client.replies(1);
      }),
    );
    for (let i = 0; i < 50; i++) await turn();
    await clients.mta.clock.advance('59s');
    expect(await inbound(clients.mta)).toBe(5);
    await clients.mta.clock.advance('2s');
    await Promise.all(wires.map(({ closed }) => closed));
    await expectNothingLeft(clients.mta, 5);
  });
});

describe('while a session is open', () => {
  const HALF = DIALOGUE.slice(0, DIALOGUE.indexOf('DATA'));

  test('a reload: the transaction is finished, the next one is told', async () => {
    await clients.start();
    const wire = await clients.dial();
    wire.write(HALF);
    await wire.replies(4);
    expect(await clients.mta.reload()).toMatchObject({ ok: true });
    wire.write(DIALOGUE.slice(HALF.length, COMPLETE));
    expect(await wire.replies(6)).toEqual([220, 250, 250, 250, 354, 250]);
    wire.write('MAIL FROM:<a@b.example>\r\n');
    await wire.closed;
    expect(wire.said).toMatch(/421 4\.3\.2 Reconfiguration in progress\r\n$/);
    expect(clients.mta.messages).toMatchObject([{ disposition: 'queued' }]);
    await until('no session is left', async () => (await inbound(clients.mta)) === 0);
    // Those of before are counted by scripts of before.
    await expectNothingLeft(clients.mta, 0);
  });

  test('a reload within the body, and one that fails', async () => {
    await clients.start('', {
      callouts: { 'validate_data_spool(msg)': `msg:header("X-Policy", "old") ${CONT}` },
    });
    const wire = await clients.dial();
    wire.write(DIALOGUE.slice(0, DIALOGUE.indexOf('.hello') - 1));
    await wire.replies(5);
    await clients.mta.reload();
    await clients.mta.reload();
    wire.end(DIALOGUE.slice(DIALOGUE.indexOf('.hello') - 1));
    await wire.closed;
    expect(wire.codes).toEqual(CODES);
    expect(clients.mta.messages[0]!.headers.get('X-Policy')).toBe('old');
    await expectNothingLeft(clients.mta, 0);
  });

  test('mta.stop closes sessions in every state', async () => {
    await clients.start('', {
      callouts: { 'validate_ehlo(str)': `if tostring(str):find("sleepy") then msys.sleep(3600) end ${CONT}` },
    });
    const states = [
      '',
      'EH',
      'EHLO a\r\n',
      'EHLO sleepy\r\n',
      HALF,
      DIALOGUE.slice(0, DIALOGUE.indexOf('.hello')),
      'QUIT\r\n',
    ];
    const wires = await Promise.all(states.map(() => clients.dial()));
    const sessions = states.map(() => clients.mta.smtp.session());
    await Promise.all(sessions.map(({ greeting }) => greeting));
    states.forEach((bytes, i) => {
      wires[i]!.write(bytes);
      sessions[i]!.write(bytes);
    });
    await Promise.all(wires.map((client) => client.replies(1)));
    for (let i = 0; i < 20; i++) await turn();
    await Promise.all([clients.mta.stop(), clients.mta.stop()]);
    await Promise.all(wires.map(({ closed }) => closed));
    expect(sessions.map(({ disconnected }) => disconnected)).toEqual(states.map(() => true));
    expect(clients.mta.takeFailures()).toEqual([]);
  });
});

describe('a callout', () => {
  const HEADS = {
    connect: 'validate_connect(ac, vctx)',
    ehlo: 'validate_ehlo()',
    mailfrom: 'validate_mailfrom()',
    rcptto: 'validate_rcptto()',
    rcptto_list: 'validate_rcptto_list()',
    data: 'validate_data()',
    data_spool: 'validate_data_spool()',
    each_rcpt: 'validate_data_spool_each_rcpt()',
    set_binding: 'validate_set_binding()',
    command: 'core_post_smtp_command()',
    abort: 'core_server_esmtp_session_abort()',
    dealloc: 'validate_dealloc()',
  };
  const GONE = [...Object.values(HEADS)].slice(0, 9);

  test.each(Object.entries(HEADS))('that throws, in %s', async (_phase, head) => {
    await clients.start('', { callouts: { [head]: 'error("thrown")' } });
    const said = await clients.overSocket([DIALOGUE]);
    expectReplies(said);
    const partial = await clients.dial();
    partial.write('EHLO a\r\n');
    await partial.replies(1);
    partial.destroy();
    await until('no session is left', async () => (await inbound(clients.mta)) === 0);
    expect(clients.mta.paniclog.some(({ text }) => text.includes('thrown'))).toBe(true);
    expect(clients.mta.clock.pending).toEqual([]);
  });

  test.each(Object.entries(HEADS).slice(0, 9))('that never returns, in %s', async (_phase, head) => {
    await clients.start('', { callouts: { [head]: 'while true do end' }, limits: { instructions: 10_000 } });
    const said = await clients.overSocket([DIALOGUE]);
    expectReplies(said);
    expect(codesOf(said).some((code) => code >= 400)).toBe(true);
    await until('no session is left', async () => (await inbound(clients.mta)) === 0);
    expect(clients.mta.paniclog.some(({ text }) => text.includes('without returning'))).toBe(true);
  });

  test.each(GONE)('that waits while the client goes, in %s', async (head) => {
    const heads = { [head]: `waiting = true msys.dnsLookup("slow.example", "A") resumed = true ${CONT}` };
    if (head === HEADS.connect)
      heads[head] = `opened = (opened or 0) + 1 counted = ac:inbound_session_count() ${heads[head]!}`;
    await clients.start('', { callouts: heads });
    clients.mta.dns.delay('slow.example', '5s');
    const wires = [await clients.dial(), await clients.dial(), await clients.dial()] as const;
    for (const client of wires) client.write(DIALOGUE.slice(0, COMPLETE));
    await until(
      'the callout waits',
      async () => (await clients.mta.eval('waiting'))[0] === true && (await inbound(clients.mta)) === 3,
    );
    for (let i = 0; i < 50; i++) await turn();
    wires[0].destroy();
    wires[1].socket.resetAndDestroy();
    wires[2].end();
    for (let i = 0; i < 50; i++) await turn();
    await clients.mta.clock.advance('1m');
    await Promise.all(wires.map(({ closed }) => closed));
    await until('no session is left', async () => {
      await clients.mta.clock.advance('1m');
      return (await inbound(clients.mta)) === 0;
    });
    expect(await clients.mta.eval('resumed, opened, closed')).toEqual([true, 3, 3]);
    expect(clients.mta.takeFailures()).toEqual([]);
  });

  test('that holds the session back while the client goes ends with it', async () => {
    await clients.start('', {
      callouts: { 'validate_mailfrom(str, ac, vctx)': `vctx:tarpit(3600) ${CONT}` },
    });
    const wires = [await clients.dial(), await clients.dial()] as const;
    for (const client of wires) client.write(HALF_MAIL);
    await until('both are held back', () => clients.mta.clock.pending.length === 2);
    wires[0].destroy();
    await until('one is gone', async () => (await inbound(clients.mta)) === 1);
    wires[1].end();
    await clients.mta.clock.advance('1h');
    await wires[1].closed;
    expect(wires[1].codes).toEqual([220, 250, 250]);
    await expectNothingLeft(clients.mta, 2);
  });
});
