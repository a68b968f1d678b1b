/** Choices about domain records, queues, bindings and what the logs say. */
import { Momentum } from '../../../src';
import {
  configured,
  DOMAIN,
  lines,
  mail,
  output,
  receiving,
  setBinding,
  START,
  WITH_CONTENT,
  withDomain,
  withRecord,
  type TestRow,
} from './support';

const NOTE = '451 4.4.1 [internal] manually delayed domain';
const delayed = (note = NOTE) => `core.mail_queue_delay_domain(dr, "${note}")`;

export function queueChoices(row: TestRow): void {
  records(row);
  delays(row);
  bindings(row);
  bounces(row);
  logs(row);
}

function records(row: TestRow): void {
  row('Q1', async () => {
    const mta = await Momentum.start({ domains: ['given.test'], dns: { 'dug.test': { A: '192.0.2.1' } } });
    expect(await mta.eval('msys.core.dns_get_domain("none.test")')).toEqual([undefined]);
    mta.domains.add('added.test', { active: [WITH_CONTENT] });
    await mta.console('dig dug.test');
    await mta.console('fail domain added.test');
    expect([...mta.domains].map(({ name }) => name)).toEqual([
      'given.test',
      'added.test',
      'dug.test',
      'sender.test',
    ]);
  });

  row('Q2', async () => {
    const mta = await Momentum.start({ domains: ['Example.COM'] });
    expect(await withRecord(mta, 'return dr.domain', 'EXAMPLE.com')).toEqual([DOMAIN]);
    expect(mta.domain('eXample.com')!.name).toBe(DOMAIN);
  });

  row('Q12', async () => {
    const mta = await withDomain({});
    await expect(withRecord(mta, 'dr.deliveries = 1')).rejects.toThrow(
      "field 'deliveries' of msys.core:_domain_record can be read; assigning it is not simulated.",
    );
    expect(await withRecord(mta, 'return dr.deliveries, type(dr.equeue)')).toEqual([0, 'userdata']);
    for (const field of ['dr.mxlist', 'dr.type', 'dr.equeue.active', 'dr.equeue.delayed'])
      await expect(withRecord(mta, `return ${field}`)).rejects.toThrow('is not simulated');
    expect([...mta.diagnostics].map(({ code }) => code)).toEqual(Array(5).fill('NOT_SIMULATED'));
  });

  row('Q13', async () => {
    const mta = await Momentum.start();
    expect(await mta.console('domain none.test')).toMatchObject({
      output: "Domain 'none.test' not found.\n",
      status: 'FAILED',
    });
  });
}

function delays(row: TestRow): void {
  row('Q3', async () => {
    const mta = await withDomain({ active: [{}, { retries: 2 }] });
    await withRecord(mta, delayed());
    expect(mta.domain(DOMAIN)!.messages).toMatchObject([
      { retries: 0, nextAttempt: new Date(START + 1_200_000), code: NOTE },
      { retries: 2, nextAttempt: new Date(START + 4_800_000), code: NOTE },
    ]);
    expect([...mta.mainlog, ...mta.bouncelog]).toEqual([]);
  });

  row('Q4', async () => {
    const mta = await withDomain({ active: [{ code: '451 before', retries: 1 }] });
    await mta.console(`delay 77 --domain ${DOMAIN}`);
    expect(mta.domain(DOMAIN)!.messages).toMatchObject([
      { queue: 'delayed', retries: 1, nextAttempt: new Date(START + 77_000), code: '451 before' },
    ]);
    expect([...mta.mainlog, ...mta.bouncelog]).toEqual([]);
  });

  row('Q14', async () => {
    const mta = await withDomain({ active: [{ retries: 1 }, { retries: 3 }] });
    mta.domains.add('empty.test');
    await withRecord(mta, delayed());
    await withRecord(mta, delayed(), 'empty.test');
    expect([DOMAIN, 'empty.test'].map((name) => mta.domain(name)!.delayedUntil)).toEqual([
      new Date(START + 2_400_000),
      new Date(START + 1_200_000),
    ]);
    await mta.clock.advance('40m');
    expect([mta.domain(DOMAIN)!.delayed, mta.domain('empty.test')!.delayed]).toEqual([false, false]);
  });
}

function bindings(row: TestRow): void {
  row('Q11', async () => {
    const chosen = async (seed: number) => {
      const names = ['gold', 'silver', 'iron'].map((name) => ({ name, group: 'metals' }));
      const mta = await receiving(setBinding('msg:binding_group("metals")'), '', { seed, bindings: names });
      for (let i = 0; i < 12; i++) await mta.smtp.send(mail());
      return mta.messages.map(({ binding }) => binding);
    };
    const first = await chosen(1);
    expect(new Set(first)).toEqual(new Set(['gold', 'silver', 'iron']));
    expect(await chosen(1)).toEqual(first);
    expect(await chosen(2)).not.toEqual(first);
  });

  row('Q21', async () => {
    const mta = await configured('default_binding = suspended\nbinding "gold" { }');
    mta.domains.add(DOMAIN, { active: [{}, { binding: 'gold' }] });
    const remote = mta.remote(DOMAIN);
    await mta.clock.advance('1h');
    expect(remote.deliveries.map(({ binding }) => binding)).toEqual(['gold']);
  });

  row('Q22', async () => {
    const mta = await Momentum.start({ bindings: ['gold', { name: 'silver', group: 'metals' }] });
    const group = (slot: number) => `msys.core.config_get_binding_group(nil, ${slot})`;
    expect(await mta.eval([0, 1, 2].map(group).join(', '))).toEqual(['default', 'default', 'metals']);
  });

  row('Q23', async () => {
    const mta = await Momentum.start();
    const slot = 'msys.core.config_get_binding_id_from_name("none")';
    expect(await mta.eval(`${slot} == msys.core.EC_BINDING_SLOT_UNBOUND`)).toEqual([true]);
  });
}

function bounces(row: TestRow): void {
  row('Q24', async () => {
    const mta = await withDomain({
      active: [{ ...WITH_CONTENT, from: '' }, { from: 'a@envelope.test' }, WITH_CONTENT],
    });
    mta.remote(DOMAIN).reply(550);
    mta.remote('sender.test').reply(550);
    await mta.clock.advance(0);
    // The bounce fails as well, and there is none about it.
    expect([...mta.domains].map(({ name, failures }) => [name, failures])).toEqual([
      [DOMAIN, 3],
      ['sender.test', 1],
    ]);
  });

  row('Q55', async () => {
    const classes: Record<string, number> = {
      '550 5.1.1 unknown user': 10,
      '550 5.7.1 relaying denied': 54,
      '552 5.2.2 mailbox full': 22,
      '550 something else': 1,
    };
    for (const [text, expected] of Object.entries(classes)) {
      const mta = await withDomain({ active: 1 });
      mta.remote(DOMAIN).reply(Number(text.slice(0, 3)), text.slice(4));
      await mta.clock.advance(0);
      expect([text, mta.bouncelog[0]!.classification]).toEqual([text, expected]);
    }
  });
}

const TRACE = { connectionId: '00/00-00000-00000000', ip: '', stage: 0 };

function logs(row: TestRow): void {
  row('Q25', async () => {
    const mta = await withDomain({ active: 1 });
    await mta.console(`fail domain ${DOMAIN}`);
    expect([mta.mainlog, mta.bouncelog]).toMatchObject([[TRACE], [TRACE]]);
  });

  row('Q26', async () => {
    const bytes = async (reply: (mta: Momentum) => void) => {
      const mta = await withDomain({ active: [{ from: 'a@b.c', to: 'd@e.f', size: 1000 }] });
      reply(mta);
      await mta.clock.advance(0);
      return mta.mainlog[0]!.bytes;
    };
    const mail = 'MAIL FROM:<a@b.c>\r\n'.length;
    const rcpt = 'RCPT TO:<d@e.f>\r\n'.length;
    expect(await bytes((mta) => mta.remote(DOMAIN).refuse())).toBe(0);
    expect(await bytes((mta) => mta.remote(DOMAIN).reply(450, 'no', { stage: 3 }))).toBe(mail);
    expect(await bytes((mta) => mta.remote(DOMAIN).reply(450, 'no'))).toBe(mail + rcpt);
    expect(await bytes((mta) => mta.remote(DOMAIN).reply(450, 'no', { stage: 9 }))).toBe(1000);
  });

  row('Q27', async () => {
    const mta = await withDomain({ active: 1 });
    mta.remote(DOMAIN).reply(450);
    await mta.clock.advance(0);
    expect(mta.bouncelog).toMatchObject([{ type: 'T', note: '450' }]);
  });

  row('Q28', async () => {
    const mta = await withDomain({ active: 20, delayed: 5 });
    mta.remote(DOMAIN);
    await mta.clock.advance('10s');
    expect(await output(mta, 'summary')).toMatch(/Delivery Rate: +2\.00 messages\/second/);
    await mta.console('summary reset');
    await mta.clock.advance('30m');
    expect(await output(mta, 'summary')).toMatch(/Delivery Rate: +0\.00 messages\/second/);
  });

  row('Q29', async () => {
    const mta = await withDomain({ active: 2 });
    await mta.console(`message fail ${mta.domain(DOMAIN)!.messages[0]!.id}`);
    await mta.console(`fail domain ${DOMAIN}`);
    expect(lines(mta)).toEqual(['P 554 manually failed.', 'P 554 5.7.0 [internal] Message manually purged']);
  });

  row('Q32', async () => {
    const written = async (text: string) => {
      const mta = await Momentum.start({
        config: { text: `alerting { }\n${text}` },
        domains: { [DOMAIN]: { active: 2 } },
      });
      mta.remote(DOMAIN).accept().once.reply(550);
      await mta.clock.advance(0);
      return [mta.mainlog, mta.bouncelog].map((log) => log.map(({ type }) => type).join(''));
    };
    expect(await written('')).toEqual(['', '']);
    expect(await written('ec_logger "e" { }\nbounce_logger "b" { }')).toEqual(['PD', 'B']);
    expect(await written('ec_logger "e" { log_deliveries = false }')).toEqual(['P', '']);
    expect(await written('ec_logger "e" { log_permanent_failures = false }')).toEqual(['D', '']);
    expect(await written('bounce_logger "b" { log_inband_bounces = false }')).toEqual(['', '']);
  });
}
