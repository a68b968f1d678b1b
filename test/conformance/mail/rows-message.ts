/** 1: messages and their fields. */
import { Momentum } from '../../../src';
import { MAIL, inCallout, prints, runCallout, START, withPolicy, callout, type TestRow } from './support';

const ID = /^[0-9A-F]{2}\/[0-9A-F]{2}-\d{5}-[0-9A-F]{8}$/;
const PEER = { mail: { peer: '10.1.2.3:4711' } };

export function messageRows(row: TestRow): void {
  ids(row);
  fields(row);
  peers(row);
  recipients(row);
}

function ids(row: TestRow): void {
  row('mail-1-1a', async () => {
    const lua = 'print(msg.batch_id) return tostring(msg.id), tostring(msg.batch_id), tostring(msg.conn_id)';
    const { mta, results } = await runCallout(lua);
    for (const id of results[0]!) expect(id).toMatch(ID);
    const [message] = mta.messages;
    expect(results).toEqual([[message!.id, message!.batchId, message!.connectionId]]);
    expect(new Set(results[0]).size).toBe(3);
    const inText =
      'return "id " .. msg.id == "id " .. tostring(msg.id), #(msg.conn_id .. 1), msg.id .. msg.batch_id';
    expect(await inCallout(inText)).toEqual([true, 21, expect.stringMatching(/^[-/\dA-F]{40}$/)]);
    expect(prints(mta)).toEqual([results[0]![1]]);
    expect(mta.mainlog[0]!.text).toContain(`@${results[0]!.join('@')}@R@`);
  });

  row('mail-1-1b', async () => {
    // The sample of the page.
    const mta = await Momentum.start({ now: 1070244212_000 });
    await mta.smtp.send(MAIL);
    expect(mta.messages[0]!.id).toMatch(/-471AACF3$/);
    expect((await mta.console('showqueue example.org')).output).toMatch(
      /^\[active\/default\] \S+-471AACF3 Created: 1070244212\n/,
    );
    await mta.clock.advance('16s');
    const { messages } = await mta.smtp.send(MAIL);
    expect(messages[0]!.id).toMatch(/-481AACF3$/);
  });
}

function fields(row: TestRow): void {
  row('mail-1-2', async () => {
    const times = ['creation_time', 'next_attempt', 'final_time'].map((name) => `msg.${name}.tv_sec`);
    const seconds = START / 1000;
    expect(await inCallout(`return ${times.join(', ')}`)).toEqual([seconds, seconds, 0]);
    const mta = await withPolicy(`function mod:core_log_delivery_v1(msg) print(${times.join(', ')}) end`);
    mta.remote('example.org').once.reply(451);
    await mta.smtp.send(MAIL);
    await mta.clock.advance('1h');
    const [delivered] = mta.mainlog.filter(({ type }) => type === 'D');
    const at = delivered!.at.getTime() / 1000;
    expect(at).toBeGreaterThan(seconds);
    expect(prints(mta)).toEqual([`${seconds}\t${at}\t${at}`]);
  });

  row('mail-1-3', async () => {
    const mta = await withPolicy(
      callout('set_binding', 'local old = msg.priority msg.priority = 1 print(old, msg.priority)'),
    );
    await mta.smtp.send(MAIL);
    expect(prints(mta)).toEqual(['0\t1']);
    expect(mta.messages[0]!.priority).toBe(1);
    expect(await inCallout('msg.priority = 1 msg.priority = 0 return msg.priority')).toEqual([0]);
  });

  row('mail-1-4', async () => {
    const names = 'num_retries delivered delivered_class state stage swapped failed bounce invalid_mime';
    const read = names
      .split(' ')
      .map((name) => `msg.${name}`)
      .join(', ');
    const broken = 'Content-Type: multipart/mixed; boundary=b\r\n\r\nno part\r\n';
    const trying = Number((await inCallout('return core.EM_TRYING'))[0]);
    expect(await inCallout(`return ${read}`)).toEqual([0, trying, 0, trying, 0, 0, 0, 0, 0]);
    expect(await inCallout('return msg.invalid_mime', broken)).toEqual([2]);
    const mta = await withPolicy(`
      function mod:core_log_permanent_failure_v1(msg) print(msg.num_retries, msg.delivered == core.EM_FAILED,
        msg.state == core.EM_FAILED, msg.delivered_class, msg.stage, msg.failed, msg.bounce) end`);
    mta.remote('example.org').once.reply(451).reply(550, '5.1.1 no such user');
    await mta.smtp.send(MAIL);
    await mta.clock.advance('1h');
    expect(prints(mta)).toEqual(['1\ttrue\ttrue\t10\t5\t1\t0']);
  });
}

function peers(row: TestRow): void {
  row('mail-1-5a', async () => {
    const peer = 'return msg:reception_peer(), msg:reception_peer(nil), msg:reception_peer("all")';
    expect(await inCallout(peer, MAIL.data, PEER)).toEqual(Array(3).fill('10.1.2.3:4711'));
  });

  row('mail-1-5b', async () => {
    const ends = 'return msg:reception_peer("ip"), msg:reception_peer("port")';
    expect(await inCallout(ends, MAIL.data, PEER)).toEqual(['10.1.2.3', '4711']);
  });

  row('mail-1-5c', async () => {
    const config = { text: 'ESMTP_Listener { Relay_Hosts = ( "0.0.0.0/0" ) Listen "10.9.8.7:2525" { } }' };
    const forms = ['', 'nil', '"all"', '"ip"', '"port"'].map((form) => `msg:listener_addr(${form})`);
    expect(await inCallout(`return ${forms.join(', ')}`, MAIL.data, { config })).toEqual([
      '10.9.8.7:2525',
      '10.9.8.7:2525',
      '10.9.8.7:2525',
      '10.9.8.7',
      '2525',
    ]);
  });
}

function recipients(row: TestRow): void {
  row('mail-1-6', async () => {
    const to = ['a@example.org', 'b@example.org', 'c@example.net'];
    const { mta, results } = await runCallout(
      'return msg:rcptto(), tostring(msg.batch_id), tostring(msg.id)',
      {
        mail: { to },
      },
    );
    expect(results.map(([address]) => address)).toEqual(to);
    expect(new Set(results.map(([, batch]) => batch)).size).toBe(1);
    expect(new Set(results.map(([, , id]) => id)).size).toBe(3);
    const [other] = (await mta.smtp.send(MAIL)).messages;
    expect(other!.batchId).not.toBe(results[0]![1]);
  });
}
