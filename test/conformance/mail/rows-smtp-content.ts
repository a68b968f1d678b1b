/** §7, what follows DATA: the form of messages, recipients that are refused, the headers that are added. */
import type { SmtpOutcome } from '../../../src';
import { callout, lines, listening, MAIL, withPolicy, type TestRow } from './support';

const NO_POLICY = 'function mod:init() return true end';
const TEXT = 'From: me@example.com\r\nDate: Thu, 01 Jan 2026 00:00:00 +0000\r\n';

/** A server with options of the global scope. */
const server = (options: string, policy = NO_POLICY) =>
  withPolicy(policy, listening('Open_Relay = true', `rfc2822_messageid_header = ignore\n${options}`));

/** What became of a message, and its bytes as they went on, without what the server has put on top. */
async function sent(options: string, data: string): Promise<{ sent: SmtpOutcome; raw: string | undefined }> {
  const mta = await server(`rfc2822_trace_headers = false\n${options}`);
  // The bytes as they are: a text without CRLF would get it.
  const outcome = await mta.smtp.send({ ...MAIL, data: Buffer.from(data, 'latin1') });
  await mta.stop();
  return {
    sent: outcome,
    raw: outcome.code === 250 ? outcome.messages[0]!.raw.toString('latin1') : undefined,
  };
}

async function reply(options: string, data: string): Promise<string> {
  const [line = '', ...others] = (await sent(options, data)).sent.lines;
  expect(others).toEqual([]);
  return line;
}

function form(row: TestRow): void {
  row('mail-7-10a', async () => {
    const inHeaders = '550 5.6.0 Lone CR or LF in headers (see RFC2822 section 2.2)';
    const inBody = '550 5.6.0 Lone CR or LF in body (see RFC2822 section 2.3)';
    for (const lone of ['\n', '\r']) {
      const headers = `${TEXT}X-A: b${lone}X-C: d\r\n\r\nbody\r\n`;
      expect(await reply('', headers)).toBe(inHeaders);
      expect(await reply('rfc2822_lone_lf_in_headers = "pedantic"', headers)).toBe(inHeaders);
      expect((await sent('rfc2822_lone_lf_in_headers = "fix"', headers)).raw).toBe(
        `${TEXT}X-A: b\r\nX-C: d\r\n\r\nbody\r\n`,
      );
      const body = `${TEXT}\r\none${lone}two\r\n`;
      expect((await sent('', body)).raw).toBe(body);
      expect(await reply('rfc2822_lone_lf_in_body = "pedantic"', body)).toBe(inBody);
      expect((await sent('rfc2822_lone_lf_in_body = "fix"', body)).raw).toBe(`${TEXT}\r\none\r\ntwo\r\n`);
    }
  });

  row('mail-7-10b', async () => {
    const body = '\r\nonly a body\r\n';
    const refused = '550 5.6.0 Required headers not found (see RFC2822 section 3.6)';
    expect(await reply('', body)).toBe(refused);
    expect(await reply('rfc2822_missing_headers = "reject"', body)).toBe(refused);
    const { raw } = await sent('rfc2822_missing_headers = "allow"\nrfc2822_date_header = "ignore"', body);
    expect(raw).toBe(body);
  });

  row('mail-7-10c', async () => {
    const long = 'x'.repeat(1000);
    const header = `${TEXT}Subject: ${long}\r\n\r\nbody\r\n`;
    const body = `${TEXT}\r\n${long}\r\n`;
    const reject = 'rfc2822_max_line_length_policy = "reject"';
    expect(await reply(reject, header)).toBe('550 5.6.0 Header line too long (see RFC2822 section 3.5)');
    expect(await reply(reject, body)).toBe('550 5.6.0 Body line too long (see RFC2822 section 3.5)');
    expect((await sent(`${reject}\nrfc2822_max_line_length = 2048`, body)).raw).toBe(body);
    expect((await sent('', body)).raw).toBe(body);
    const { raw } = await sent('rfc2822_max_line_length_policy = "fix"', body);
    expect(Math.max(...raw!.split('\r\n').map(({ length }) => length))).toBe(998);
    expect(raw!.replace(/\r\n/g, '')).toBe(body.replace(/\r\n/g, ''));
  });

  row('mail-7-10d', async () => {
    const refused = '550 5.6.0 Missing required RFC2822 Date field (see RFC2822 section 3.6)';
    expect(await reply('rfc2822_date_header = "pedantic"', MAIL.data)).toBe(refused);
    expect(await reply('rfc2822_date_header = "pedantic"', `${TEXT}\r\nbody\r\n`)).toMatch(/^250 /);
    expect((await sent('rfc2822_date_header = "ignore"', MAIL.data)).raw).toBe(MAIL.data);
  });
}

/** Refuses one recipient, in the phase of each. */
const REFUSING = callout(
  'data_spool_each_rcpt',
  'if msg:rcptto():find("^bad") then vctx:set_code(550, "5.7.1 not for " .. msg:rcptto()) end',
);
const SWITCH = 'generate_bounces_for_multi_recipient_policy_rejections';
const BAD = { ...MAIL, to: ['good@example.org', 'bad@example.org'] };

function manyRecipients(row: TestRow): void {
  row('mail-7-13a', async () => {
    const mta = await server(`${SWITCH} = true`, REFUSING);
    const { code, messages, rejected } = await mta.smtp.send(BAD);
    expect([code, rejected]).toEqual([250, []]);
    expect(messages.map(({ envelope, disposition }) => [envelope.to, disposition])).toEqual([
      ['good@example.org', 'queued'],
      ['bad@example.org', expect.not.stringMatching('queued')],
    ]);
    const [bounce, ...others] = mta.messages.filter(({ method }) => method === 'internal');
    expect(others).toEqual([]);
    expect(bounce).toMatchObject({ envelope: { from: '', to: MAIL.from }, disposition: 'queued' });
    expect(bounce!.raw.toString()).toMatch(/5\.7\.1 not for bad@example\.org/);
    expect(bounce!.raw.toString()).not.toContain('good@example.org');
  });

  row('mail-7-13b', async () => {
    const mta = await server(`${SWITCH} = false`, REFUSING);
    expect(await mta.smtp.send(BAD)).toMatchObject({ code: 250 });
    expect(mta.messages.map(({ envelope, method }) => [envelope.to, method])).toEqual([
      ['good@example.org', 'esmtp'],
      ['bad@example.org', 'esmtp'],
    ]);
    // When all are refused the client is told, whatever the option says.
    const all = await mta.smtp.send({ ...MAIL, to: 'bad@example.org' });
    expect(all.lines).toEqual(['550 5.7.1 not for bad@example.org']);
  });
}

function headers(row: TestRow): void {
  const rawOf = async (options: string, data: string, policy = NO_POLICY): Promise<string> => {
    const mta = await server(options, policy);
    const { messages } = await mta.smtp.send({ ...MAIL, data, peer: '192.168.0.5:47780', ehlo: 'kubuntu' });
    return messages[0]!.raw.toString();
  };

  row('mail-7-14a', async () => {
    const data = `Return-Path: <old@example.net>\r\nReceived: from far away\r\n${TEXT}\r\nbody\r\n`;
    const rest = data.slice(data.indexOf('Received'));
    const raw = await rawOf('Hostname = "centos"', data);
    // The form of the sample of 4/executable/ec-show.
    const received =
      /^Return-Path: <me@example\.com>\r\nReceived: from \[192\.168\.0\.5\] \(\[192\.168\.0\.5:47780\] helo=kubuntu\)\s+by centos \(envelope-from <me@example\.com>\)\s+\(ecelerity 5\.3\) with ESMTP\s+id [0-9A-F/-]+; Thu, 01 Jan 2026 00:00:00 \+0000\r\n/;
    expect(raw).toMatch(received);
    expect(raw.replace(received, '')).toBe(rest);
    expect(await rawOf('rfc2822_trace_headers = false', data)).toBe(data);
    const without = await rawOf('', rest);
    expect(without.match(/^Return-Path:/gm)).toHaveLength(1);
  });

  row('mail-7-14b', async () => {
    const hook = `function mod:core_get_received_header_text(msg, mc, ac, vctx, response)
      response:set("by mod for " .. msg:mailfrom() .. " from " .. tostring(ac.remote_addr))
      return mod.answer
    end`;
    const data = `${TEXT}\r\nbody\r\n`;
    const text = 'by mod for me@example.com from 192.168.0.5:47780';
    const own = await rawOf('', data, `mod.answer = 1 ${hook}`);
    expect(own).toBe(`Return-Path: <me@example.com>\r\nReceived: ${text}\r\n${data}`);
    expect(await rawOf('', data, `mod.answer = 0 ${hook}`)).toMatch(
      /^Return-Path: .*\r\nReceived: from \[192/,
    );
  });

  row('mail-7-14c', async () => {
    const date = 'Date: Thu, 01 Jan 2026 00:00:00 +0000\r\n';
    for (const option of ['', 'rfc2822_date_header = "ifneeded"']) {
      expect(await rawOf(option, MAIL.data)).toContain(`\r\n${date}`);
      const dated = await rawOf(option, lines('dAtE: yesterday', 'Subject: x', '', 'body'));
      expect(dated.match(/^date:.*$/gim)).toEqual(['dAtE: yesterday']);
    }
    expect(await rawOf('rfc2822_date_header = "ignore"', MAIL.data)).not.toContain('Date:');
  });

  row('mail-7-14d', async () => {
    const added = async (option: string, data: string) =>
      (await rawOf(option, data)).match(/^message-id:.*$/gim) ?? [];
    const given = lines('Message-ID: <1@example.com>', 'Subject: x', '', 'body');
    expect(await added('rfc2822_messageid_header = "ifneeded"', MAIL.data)).toEqual([
      expect.stringMatching(/^Message-ID: <[0-9A-F.]+@localhost>$/),
    ]);
    expect(await added('rfc2822_messageid_header = "ifneeded"', given)).toEqual([
      'Message-ID: <1@example.com>',
    ]);
    expect(await added('rfc2822_messageid_header = "ignore"', MAIL.data)).toEqual([]);
  });
}

export function contentRows(row: TestRow): void {
  form(row);
  manyRecipients(row);
  headers(row);
}
