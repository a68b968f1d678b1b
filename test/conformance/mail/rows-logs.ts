/** §8: the lines of the logs. */
import { Momentum, UsageError, type LogEntry } from '../../../src';
import { callout, LISTENER, listening, MAIL, START, withPolicy, type TestRow } from './support';

const NOW = START / 1000;
const NO_POLICY = 'function mod:init() return true end';
const SAMPLE = {
  from: 'info@postalengine.com',
  to: 'bob@example.fict',
  data: MAIL.data,
  peer: '10.0.1.1',
};

const texts = (log: readonly LogEntry[]): string[] => log.map(({ text }) => text);
const fields = (entry: LogEntry | undefined): string[] => entry!.text.split('@');

/** A server whose scripts put every message onto the binding `binding-a` of the group `group-a`. */
const bound = (config?: string): Promise<Momentum> =>
  withPolicy(callout('set_binding', 'msg:binding("binding-a")'), {
    bindings: [{ name: 'binding-a', group: 'group-a' }],
    config: { text: config ?? `alerting { }\n${LISTENER}` },
  });

function receptions(row: TestRow): void {
  row('mail-8-1', async () => {
    const config = 'log_hires_timestamp = true\nalerting { }\n' + LISTENER;
    const mta = await withPolicy(callout('ehlo', 'print("hello")'), { config: { text: config } });
    const plain = await withPolicy(callout('ehlo', 'print("hello")'));
    const stamps = async (server: Momentum) => {
      await server.clock.advance('1500ms');
      await server.smtp.send({ ...SAMPLE, data: '\r\nno headers\r\n' });
      await server.smtp.send(SAMPLE);
      server.remote('*').reply(550, 'no');
      await server.clock.advance(0);
      const all = [server.mainlog, server.bouncelog, server.rejectlog, server.paniclog];
      return all.map((log) => [...new Set(texts(log).map((line) => /^\d+/.exec(line)![0]))]);
    };
    expect(await stamps(plain)).toEqual(Array(4).fill([`${NOW + 1}`]));
    expect(await stamps(mta)).toEqual(Array(4).fill([`${NOW + 1}500000`]));
  });

  row('mail-8-2', async () => {
    const mta = await bound();
    const { messages } = await mta.smtp.send(SAMPLE);
    const { id, batchId, connectionId, size } = messages[0]!;
    expect(texts(mta.mainlog)).toEqual([
      `${NOW}@${id}@${batchId}@${connectionId}@R@bob@example.fict@info@postalengine.com@10.0.1.1@${size}@esmtp@group-a@binding-a`,
    ]);
    expect(size).toBe(messages[0]!.raw.length);
    await mta.inject(SAMPLE_HTTP);
    expect(fields(mta.mainlog[1]).slice(4)).toEqual(
      `R@bob@example.fict@info@postalengine.com@unknown@${mta.messages[1]!.size}@rest@group-a@binding-a`.split(
        '@',
      ),
    );
    mta.remote('example.fict').reply(550, 'no');
    await mta.clock.advance(0);
    const bounces = mta.mainlog.filter((entry) => fields(entry)[11] === 'internal');
    expect(bounces.map((entry) => fields(entry).slice(4, 9))).toEqual([
      ['R', 'info', 'postalengine.com', '', ''],
      ['R', 'info', 'postalengine.com', '', ''],
    ]);
  });
}

const { peer: _peer, ...SAMPLE_HTTP } = SAMPLE;

function deliveries(row: TestRow): void {
  row('mail-8-3', async () => {
    const mta = await bound();
    const [message] = (await mta.smtp.send(SAMPLE)).messages;
    mta.remote('example.fict').delay('393ms').address('10.0.0.1');
    await mta.clock.advance('1s');
    const line = texts(mta.mainlog)[1]!;
    const { id, batchId, connectionId, size } = message!;
    const outbound = line.split('@')[3]!;
    expect(line).toBe(
      `${NOW}@${id}@${batchId}@${outbound}@D@example.fict@${size}@group-a@binding-a@0@0.393@10.0.0.1`,
    );
    expect(outbound).toMatch(/^[0-9A-F]{2}\/[0-9A-F]{2}-\d{5}-[0-9A-F]{8}$/);
    expect(outbound).not.toBe(connectionId);
  });

  row('mail-8-4', async () => {
    const mta = await bound();
    const [message] = (await mta.smtp.send(SAMPLE)).messages;
    const { id, batchId } = message!;
    mta
      .remote('example.fict')
      .address('10.0.0.1')
      .once.reply(421, 'no adequate servers', { stage: 15 })
      .reply(552, 'No such account', { stage: 5 });
    await mta.clock.advance(0);
    await mta.clock.advance('1h');
    const lines = mta.mainlog.filter(({ type }) => type === 'T' || type === 'P').map(fields);
    const bytes = 'MAIL FROM:<info@postalengine.com>\r\nRCPT TO:<bob@example.fict>\r\n'.length;
    const outbound = lines.map(([, , , connection]) => connection!);
    const retry = lines[1]![0]!;
    const seconds = (Number(retry) - NOW).toFixed(3);
    expect(lines.map((line) => line.join('@'))).toEqual([
      `${NOW}@${id}@${batchId}@${outbound[0]!}@T@example.fict@0@group-a@binding-a@15@0@0.000@10.0.0.1@421 no adequate servers`,
      `${retry}@${id}@${batchId}@${outbound[1]!}@P@example.fict@${bytes}@group-a@binding-a@5@1@${seconds}@10.0.0.1@552 No such account`,
    ]);
    expect(Number(retry)).toBeGreaterThan(NOW);
    // Each attempt uses a new connection.
    expect(new Set(outbound).size).toBe(2);
  });

  row('mail-8-6', async () => {
    const mta = await bound();
    const [message] = (await mta.smtp.send(SAMPLE)).messages;
    const { id, batchId, size } = message!;
    mta
      .remote('example.fict')
      .address('10.0.0.1')
      .once.reply(452, '4.2.2 mailbox full')
      .reply(550, '5.1.1 unknown user');
    await mta.clock.advance(0);
    await mta.clock.advance('1h');
    const [transient, bounce, ...others] = mta.bouncelog.map(fields);
    expect(others).toEqual([]);
    const envelope = 'bob@example.fict@info@postalengine.com@group-a@binding-a';
    // Classifications of 4/4-bounce-logger-classification-codes: transient failure, invalid recipient, timeout.
    expect(transient!.join('@')).toBe(
      `${NOW}@${id}@${batchId}@${transient![3]!}@T@${envelope}@5@70@${size}@10.0.0.1@452 4.2.2 mailbox full`,
    );
    expect(bounce!.join('@')).toBe(
      `${bounce![0]!}@${id}@${batchId}@${bounce![3]!}@B@${envelope}@5@10@${size}@10.0.0.1@550 5.1.1 unknown user`,
    );
    await mta.inject({ from: 'info@postalengine.com', to: 'johndoe@slow.example' });
    mta.remote('slow.example').address('10.0.0.1').timeout();
    await mta.clock.advance('30d');
    const [late] = mta.bouncelog.filter((entry) => entry.type === 'B').slice(1);
    expect(late!.text).toMatch(
      /@B@johndoe@slow\.example@info@postalengine\.com@group-a@binding-a@21@24@\d+@10\.0\.0\.1@554 5\.4\.7 \[internal\] exceeded max time without delivery$/,
    );
  });

  row('mail-8-9', async () => {
    const mta = await Momentum.start();
    const stages = Array.from({ length: 23 }, (_, stage) => stage);
    for (const stage of stages) {
      mta.remote(`d${stage}.example`).reply(550, 'no', { stage });
      await mta.inject({ from: '', to: `me@d${stage}.example` });
    }
    await mta.clock.advance(0);
    const failed = mta.mainlog.filter(({ type }) => type === 'P').map(fields);
    expect(failed.map(([, , , , , domain, , , , stage]) => [domain, stage])).toEqual(
      stages.map((stage) => [`d${stage}.example`, String(stage)]),
    );
    for (const stage of [-1, 23, 1.5])
      expect(() => mta.remote('a.example').reply(550, 'no', { stage })).toThrow(UsageError);
    // While not connected; and what the server says itself after the last attempt is out of band.
    mta.remote('refused.example').refuse();
    await mta.inject({ from: '', to: 'me@refused.example' });
    await mta.clock.advance('30d');
    const of = (type: string) =>
      mta.mainlog.filter((entry) => entry.type === type && entry.domain === 'refused.example');
    expect(fields(of('T')[0])[9]).toBe('0');
    expect(fields(of('P')[0])[9]).toBe('21');
  });
}

function others(row: TestRow): void {
  row('mail-8-5', async () => {
    const mta = await Momentum.start({
      config: {
        text: 'ec_logger "ec_logger" { heartbeat = 60 }\nbounce_logger "bounce_logger" { heartbeat = 90 }',
      },
    });
    await mta.clock.advance('59999ms');
    expect(mta.mainlog).toEqual([]);
    const fired = await mta.clock.advance('2m1ms');
    expect(fired).toEqual([]);
    expect(texts(mta.mainlog)).toEqual([60, 120, 180].map((seconds) => `${NOW + seconds}@@@@M`));
    expect(texts(mta.rejectlog)).toEqual([60, 120, 180].map((seconds) => `${NOW + seconds}: Marker 1`));
    expect(texts(mta.bouncelog)).toEqual([90, 180].map((seconds) => `${NOW + seconds}@@@@M1`));
    expect(mta.mainlog[2]!.at).toEqual(new Date(START + 180_000));
  });

  row('mail-8-7a', async () => {
    const mta = await withPolicy(
      callout('connect', 'vctx:set(core.VCTX_CONN, "key", "value")') +
        '\n' +
        callout('mailfrom', 'vctx:set_code("550", "relaying denied")'),
      listening('Open_Relay = true Pathway = "inside"', 'Pathway_Group "ours" { Pathway "inside" { } }'),
    );
    const session = mta.smtp.session({ peer: '10.79.25.142:42601' });
    await session.ehlo('rh52-node1');
    await session.mail('');
    expect(texts(mta.rejectlog)).toEqual([
      `${NOW}: R="10.79.25.142:42601" L="127.0.0.1:25" C="${session.connectionId}" PATH="inside" PATH_GRP="ours" ` +
        'P="awaiting mailfrom" E=550 M=scriptlet ' +
        'CTXCONN=[pathway=inside,key=value,ehlo_string="EHLO rh52-node1",ehlo_domain=rh52-node1] ' +
        'CTXMESS=[mailfrom_string="MAIL FROM:<>",mailfrom_localpart=,mailfrom_domain=] relaying denied',
    ]);
  });

  row('mail-8-7b', async () => {
    const values = ['plain-1.2_3', 'two words', 'a=b', 'a,b', 'say "x"', '[a]', '<a>', 'back\\slash', 'ü'];
    const sets = values.map((value, i) => `vctx:set(core.VCTX_CONN, "k${i}", ${JSON.stringify(value)})`);
    const mta = await withPolicy(
      `${callout('connect', sets.join('\n'))}\n${callout('ehlo', 'vctx:set_code(550, "no")')}`,
    );
    await mta.smtp.session().ehlo();
    const [, context] = /CTXCONN=\[(.*)\] CTXMESS/.exec(mta.rejectlog[0]!.text)!;
    const shown = context!.slice(context!.indexOf('k0='), context!.indexOf(',ehlo_string'));
    expect(shown).toBe(
      values.map((value, i) => `k${i}=${i === 0 ? value : JSON.stringify(value)}`).join(','),
    );
  });

  row('mail-8-8', async () => {
    const mta = await withPolicy(callout('connect', 'print("one", 2) vctx:set(core.VCTX_CONN, nil, "x")'));
    await mta.clock.advance('5s');
    await mta.smtp.session().greeting;
    expect(texts(mta.paniclog)).toEqual([
      `${NOW + 5}:scriptlet: one\t2`,
      expect.stringMatching(new RegExp(`^${NOW + 5}:\\S+: Attempt to set null key or value`)),
    ]);
  });

  row('mail-8-10', async () => {
    const types = async (options: string) => {
      const mta = await withPolicy(NO_POLICY, {
        config: {
          text: `alerting { }\nec_logger "ec_logger" { ${options} }
            ESMTP_Listener { Relay_Domains = ( "a.example" "b.example" "c.example" ) Listen ":25" { } }`,
        },
      });
      const to = ['me@a.example', 'me@b.example', 'me@c.example', 'me@elsewhere.example'];
      expect((await mta.smtp.send({ ...MAIL, from: '', to })).accepted).toHaveLength(3);
      mta.remote('a.example');
      mta.remote('b.example').once.reply(451, 'later').accept();
      mta.remote('c.example').reply(550, 'no');
      await mta.clock.advance('1h');
      const seen = new Set(mta.mainlog.map(({ type }) => String(type)));
      return [...seen].sort().join('') + (mta.rejectlog.length > 0 ? '+reject' : '');
    };
    expect(await types('')).toBe('DPRT+reject');
    for (const [option, without] of [
      ['log_receptions', 'DPT+reject'],
      ['log_deliveries', 'PRT+reject'],
      ['log_transient_failures', 'DPR+reject'],
      ['log_permanent_failures', 'DRT+reject'],
      ['log_rejections', 'DPRT'],
    ] as const) {
      expect([option, await types(`${option} = false`)]).toEqual([option, without]);
      expect([option, await types(`${option} = true`)]).toEqual([option, 'DPRT+reject']);
    }
  });
}

export function logRows(row: TestRow): void {
  receptions(row);
  deliveries(row);
  others(row);
}
