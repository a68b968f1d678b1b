/** 2: the envelope. */
import { Momentum } from '../../../src';
import { BARE, inCallout, MAIL, runCallout, type TestRow } from './support';

export function envelopeRows(row: TestRow): void {
  addresses(row);
  buffers(row);
  nullSender(row);
}

function addresses(row: TestRow): void {
  row('mail-2-1a', async () => {
    const { mta, results } = await runCallout(
      'return msg:mailfrom(), msg:mailfrom("new@example.net"), msg:mailfrom()',
    );
    expect(results).toEqual([[MAIL.from, 'new@example.net', 'new@example.net']]);
    expect(mta.messages[0]!.envelope).toEqual({ from: 'new@example.net', to: MAIL.to });
  });

  row('mail-2-1b', async () => {
    const { mta, results } = await runCallout(
      'return msg:rcptto(), msg:rcptto("new@example.net"), msg:rcptto()',
    );
    expect(results).toEqual([[MAIL.to, 'new@example.net', 'new@example.net']]);
    const [message] = mta.messages;
    expect([message!.envelope.to, message!.domain]).toEqual(['new@example.net', 'example.net']);
    expect([mta.domain('example.net')?.active, mta.domain('example.org')?.active ?? 0]).toEqual([1, 0]);
  });

  row('mail-2-1c', async () => {
    for (const phase of ['rcptto', 'data', 'data_spool']) {
      expect(await inCallout('return msg:rcptto()', MAIL.data, { phase })).toEqual([MAIL.to]);
      const { mta } = await runCallout('msg:rcptto("new@example.net")', { phase });
      expect(mta).toHaveDiagnostic('WRONG_PHASE');
    }
    for (const phase of ['data_spool_each_rcpt', 'set_binding']) {
      const { mta } = await runCallout('msg:rcptto("new@example.net")', { phase });
      expect(mta.messages[0]!.envelope.to).toBe('new@example.net');
      expect(mta.diagnostics).toHaveLength(0);
    }
  });
}

const buffersAfter = (flags: string) => `local lp, dom = core.string_new(), core.string_new()
  local ok, isnull = msg:get_envelope2(${flags}, lp, dom)
  return tostring(lp), tostring(dom), ok, isnull`;

function buffers(row: TestRow): void {
  row('mail-2-2a', async () => {
    expect(await inCallout(buffersAfter('core.EC_MSG_ENV_FROM'))).toEqual(['me', 'example.com', 1, 0]);
    expect(await inCallout(buffersAfter('core.EC_MSG_ENV_TO'))).toEqual(['you', 'example.org', 1, 0]);
  });

  row('mail-2-2b', async () => {
    const from = 'core.EC_MSG_ENV_FROM | core.EC_MSG_ENV_COMPLETE';
    const to = 'core.EC_MSG_ENV_TO | core.EC_MSG_ENV_COMPLETE';
    expect(await inCallout(buffersAfter(from))).toEqual([MAIL.from, '', 1, 0]);
    expect(await inCallout(buffersAfter(to))).toEqual([MAIL.to, '', 1, 0]);
  });

  row('mail-2-2c', async () => {
    const ofNobody = { mail: { from: '' } };
    for (const flags of ['core.EC_MSG_ENV_FROM', 'core.EC_MSG_ENV_FROM | core.EC_MSG_ENV_COMPLETE'])
      expect(await inCallout(buffersAfter(flags), MAIL.data, ofNobody)).toEqual(['', '', 1, 1]);
  });
}

function nullSender(row: TestRow): void {
  row('mail-2-3', async () => {
    const { mta, sent, results } = await runCallout('return msg:mailfrom()', { mail: { from: '' } });
    expect(sent).toBeAccepted();
    expect(results).toEqual([['']]);
    expect(mta.messages[0]!.envelope.from).toBe('');
    await using strict = await Momentum.start({
      config: { text: `allow_null_envelope_sender = false\n${BARE}` },
    });
    const session = strict.smtp.session();
    await session.ehlo();
    expect((await session.mail('')).code).toBeGreaterThanOrEqual(500);
    expect((await session.mail(MAIL.from)).code).toBe(250);
  });
}
