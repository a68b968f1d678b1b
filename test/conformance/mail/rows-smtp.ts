/** §7: the dialogue of SMTP. */
import type { Momentum, SmtpSession } from '../../../src';
import { contentRows } from './rows-smtp-content';
import { listening, MAIL, withPolicy, type TestRow } from './support';

/** A server without scripts whose listener relays for everybody and has these options. */
const server = (options = '', stanzas = ''): Promise<Momentum> =>
  withPolicy('function mod:init() return true end', listening(`Open_Relay = true ${options}`, stanzas));

/** The lines of a reply to one command. */
const said = async (session: SmtpSession, command: string): Promise<readonly string[]> =>
  (await session.command(command)).lines;

/** The last reply to commands that a client sends after EHLO. */
async function answer(options: string, ...commands: string[]): Promise<readonly string[]> {
  const mta = await server(options);
  const session = mta.smtp.session();
  await session.ehlo();
  const replies = await session.pipeline(...commands);
  await mta.stop();
  return replies.at(-1)!.lines;
}

const FROM = 'MAIL FROM:<me@example.com>';
const TO = 'RCPT TO:<you@example.org>';

function greetings(row: TestRow): void {
  row('mail-7-1a', async () => {
    const mta = await server('Hostname = "edge.example.com"');
    await mta.clock.advance('90s');
    expect((await mta.smtp.session().greeting).lines).toEqual([
      '220 edge.example.com ESMTP ecelerity 5.3 Thu, 01 Jan 2026 00:01:30 +0000',
    ]);
  });

  row('mail-7-1b', async () => {
    const banner = async (options: string) => (await (await server(options)).smtp.session().greeting).lines;
    expect(await banner('Hostname = "inner" Banner_Hostname = "edge.example.com"')).toEqual([
      expect.stringMatching(/^220 edge\.example\.com ESMTP ecelerity /),
    ]);
    expect(await banner('Banner_Hostname = "edge" Static_Banner = "220 mail.example.com ESMTP"')).toEqual([
      '220 mail.example.com ESMTP',
    ]);
  });

  row('mail-7-2a', async () => {
    const mta = await server('Banner_Hostname = "edge.omniti.com"');
    expect((await mta.smtp.session({ peer: '192.0.2.100' }).ehlo('sender.example.com')).lines).toEqual([
      '250-edge.omniti.com says EHLO to 192.0.2.100',
      '250-8BITMIME',
      '250 PIPELINING',
    ]);
  });

  row('mail-7-2b', async () => {
    const capabilities = async (...extensions: string[]) => {
      const list = extensions.map((name) => `"${name}"`).join(' ');
      const mta = await server(`SMTP_Extensions = ( ${list} ) TLS_Certificate = "/etc/server.pem"`);
      const session = mta.smtp.session();
      await session.ehlo('there');
      return [...session.capabilities].sort();
    };
    // The dialogue of the page.
    expect(await capabilities('XDUMPCONTEXT', 'AUTH LOGIN', 'STARTTLS')).toEqual([
      '8BITMIME',
      'AUTH LOGIN',
      'AUTH=LOGIN',
      'PIPELINING',
      'STARTTLS',
      'XDUMPCONTEXT',
    ]);
    expect(await capabilities('ENHANCEDSTATUSCODES')).toEqual([
      '8BITMIME',
      'ENHANCEDSTATUSCODES',
      'PIPELINING',
    ]);
    for (const [extension, command] of [
      ['XDUMPCONTEXT', 'XDUMPCONTEXT'],
      ['XREMOTEIP', 'XREMOTEIP 192.0.2.1'],
      ['XSETCONTEXT', 'XSETCONTEXT a=b'],
    ]) {
      expect(await answer('', command!)).toEqual(['500 5.5.2 unrecognized command']);
      expect((await answer(`SMTP_Extensions = ( "${extension!}" )`, command!)).at(-1)).toBe(
        `250 ${extension!} complete`,
      );
    }
  });

  row('mail-7-3', async () => {
    const mta = await server();
    const session = mta.smtp.session();
    await session.ehlo('sender.example.com');
    const replies = await session.pipeline(FROM, TO, 'DATA');
    expect(replies.flatMap(({ lines }) => lines)).toEqual([
      '250 MAIL FROM accepted',
      '250 RCPT TO accepted.',
      '354 continue.  finished with "\\r\\n.\\r\\n"',
    ]);
  });
}

function contextCommands(row: TestRow): void {
  row('mail-7-4a', async () => {
    const mta = await server('SMTP_Extensions = ( "XDUMPCONTEXT" )');
    const session = mta.smtp.session();
    await said(session, 'ehlo there');
    const lines = await said(session, 'XDUMPCONTEXT');
    expect(lines).toEqual(
      expect.arrayContaining([
        '250-[connection] ehlo_domain there',
        '250-[connection] ehlo_string ehlo there',
      ]),
    );
    expect(lines.filter((line) => !line.startsWith('250-[connection] '))).toEqual([
      '250 XDUMPCONTEXT complete',
    ]);
    await session.mail('me@example.com');
    expect(await said(session, 'XDUMPCONTEXT')).toContain('250-[message] mailfrom_domain example.com');
  });

  row('mail-7-4b', async () => {
    const mta = await server('SMTP_Extensions = ( "XDUMPCONTEXT" "XSETCONTEXT" )');
    const session = mta.smtp.session();
    await session.ehlo('there');
    await said(session, 'XSETCONTEXT option1=value1 option2=value2');
    // Encoded as RFC 1891 has it; what was set before is overridden.
    await said(session, 'XSETCONTEXT option2=a+20b ehlo_domain=elsewhere');
    expect(await said(session, 'XDUMPCONTEXT')).toEqual(
      expect.arrayContaining([
        '250-[connection] option1 value1',
        '250-[connection] option2 a b',
        '250-[connection] ehlo_domain elsewhere',
      ]),
    );
  });
}

function limits(row: TestRow): void {
  row('mail-7-5', async () => {
    const refused = ['421 4.4.5 Service unavailable, concurrency limit reached.'];
    for (const options of ['Listener_Sessions = 2', 'Service_Sessions = 2']) {
      const mta = await server(options);
      const [first, second, third] = [mta.smtp.session(), mta.smtp.session(), mta.smtp.session()];
      expect((await third.greeting).lines).toEqual(refused);
      expect(third.disconnected).toBe(true);
      expect(await second.greeting).toMatchObject({ code: 220 });
      await first.quit();
      expect(await mta.smtp.session().greeting).toMatchObject({ code: 220 });
      await mta.stop();
    }
  });

  row('mail-7-6a', async () => {
    const limit = 'Max_Receptions_Per_Connection = 1';
    expect(await answer(limit, FROM)).toEqual(['250 MAIL FROM accepted']);
    expect(await answer(limit, FROM, 'RSET', FROM)).toEqual([
      '452 4.5.3 Service unavailable, batch limit reached',
    ]);
  });

  row('mail-7-6b', async () => {
    const limit = 'Max_Recipients_Per_Connection = 2';
    expect(await answer(limit, FROM, TO, 'RSET', FROM, TO)).toEqual(['250 RCPT TO accepted.']);
    expect(await answer(limit, FROM, TO, 'RSET', FROM, TO, TO)).toEqual([
      '452 4.5.3 Service unavailable, recipients per connection limit reached',
    ]);
  });

  row('mail-7-6c', async () => {
    const limit = 'Max_Recipients_Per_Message = 2';
    expect(await answer(limit, FROM, TO, TO, 'RSET', FROM, TO, TO)).toEqual(['250 RCPT TO accepted.']);
    expect(await answer(limit, FROM, TO, TO, TO)).toEqual([
      '452 4.5.3 Service unavailable, recipients per message limit reached',
    ]);
  });

  row('mail-7-6d', async () => {
    const size = MAIL.data.length;
    const mta = await server(`Max_Message_Size = ${size}`);
    expect(await mta.smtp.send(MAIL)).toMatchObject({ code: 250 });
    const sent = await mta.smtp.send({ ...MAIL, data: `${MAIL.data}.` });
    expect(sent.lines).toEqual(['552 5.3.4 message size limit exceeded']);
    expect(await answer(`Max_Message_Size = ${size}`, `${FROM} SIZE=${size + 1}`)).toEqual(sent.lines);
    expect(mta.messages).toHaveLength(1);
  });
}

function mistakes(row: TestRow): void {
  row('mail-7-7a', async () => {
    expect(await answer('', 'DATA')).toEqual(['503 5.5.1 DATA without MAIL FROM']);
  });

  row('mail-7-7b', async () => {
    expect(await answer('', FROM, 'DATA')).toEqual(['503 5.5.1 DATA without RCPT TO']);
  });

  row('mail-7-7c', async () => {
    expect(await answer('', TO)).toEqual(['503 RCPT TO without MAIL FROM']);
  });

  row('mail-7-7d', async () => {
    expect(await answer('', FROM, FROM)).toEqual(['501 5.5.1 MAIL FROM already established']);
    expect(await answer('', FROM, 'RSET', FROM)).toEqual(['250 MAIL FROM accepted']);
  });

  row('mail-7-7e', async () => {
    for (const path of ['', 'me@example.com', '<me@example.com', '<me>', '<me@>', '<a b@example.com>'])
      expect([path, ...(await answer('', `MAIL FROM:${path}`))]).toEqual([
        path,
        '501 5.5.2 MAIL FROM syntax error',
      ]);
    for (const path of ['', 'me@example.com', '<me@example.com', '<>', '<me@>', '<a b@example.com>'])
      expect([path, ...(await answer('', FROM, `RCPT TO:${path}`))]).toEqual([
        path,
        '501 5.5.2 RCPT TO syntax error',
      ]);
  });

  row('mail-7-7f', async () => {
    for (const verb of ['EHLO', 'HELO'])
      for (const name of ['', ' ', ' two words'])
        expect(await answer('', verb + name)).toEqual([`501 5.5.2 invalid ${verb}`]);
  });

  row('mail-7-7g', async () => {
    for (const command of ['FOO', '', 'MAILFROM:<a@example.com>', 'TURN'])
      expect(await answer('', command)).toEqual(['500 5.5.2 unrecognized command']);
  });

  row('mail-7-7h', async () => {
    expect(await answer('', FROM, TO, 'DATA now')).toEqual(['501 5.5.4 unexpected argument to DATA']);
  });

  row('mail-7-8', async () => {
    const mta = await server('Require_EHLO = true');
    for (const verb of ['EHLO', 'HELO']) {
      const session = mta.smtp.session();
      expect(await said(session, FROM)).toEqual(['550 5.5.1 RFC2821 HELO/EHLO needed']);
      expect(await session.command(`${verb} there`)).toMatchObject({ code: 250 });
      expect(await said(session, FROM)).toEqual(['250 MAIL FROM accepted']);
    }
    expect(await said((await server()).smtp.session(), FROM)).toEqual(['250 MAIL FROM accepted']);
  });
}

function refusals(row: TestRow): void {
  row('mail-7-9', async () => {
    const mta = await withPolicy(
      'function mod:init() return true end',
      listening('Relay_Hosts = ( "192.0.2.0/24" ) Relay_Domains = ( "ours.example" )'),
    );
    const outside = { ...MAIL, peer: '198.51.100.7' };
    const sent = await mta.smtp.send(outside);
    expect(sent.rejected.map(({ lines }) => lines)).toEqual([['550 5.7.1 relaying denied']]);
    expect(await mta.smtp.send({ ...outside, to: 'you@ours.example' })).toMatchObject({ code: 250 });
    expect(await mta.smtp.send({ ...MAIL, peer: '192.0.2.7' })).toMatchObject({ code: 250 });
  });

  row('mail-7-11', async () => {
    const reply = ['421 4.3.2 Reconfiguration in progress'];
    for (const change of [
      (mta: Momentum) => mta.reload(),
      (mta: Momentum) => mta.console('config set hostname other'),
    ]) {
      const mta = await server();
      const sessions = [mta.smtp.session(), mta.smtp.session()];
      for (const session of sessions) await session.ehlo();
      await sessions[1]!.mail(MAIL.from);
      await change(mta);
      // In the middle of a message it goes on, up to its end.
      await sessions[1]!.rcpt(MAIL.to);
      expect(await sessions[1]!.data(MAIL.data)).toMatchObject({ code: 250 });
      expect(await sessions[0]!.noop()).toMatchObject({ code: 250 });
      expect(await said(sessions[0]!, FROM)).toEqual(reply);
      expect(await said(sessions[1]!, 'RSET')).toEqual(reply);
      expect(sessions.map(({ disconnected }) => disconnected)).toEqual([true, true]);
      await mta.stop();
    }
  });

  row('mail-7-12', async () => {
    for (const value of ['inline', 'true']) {
      const mta = await server('', `Domain "hole.example" { Blackhole = "${value}" }`);
      const { rejected, accepted } = await mta.smtp.send({ ...MAIL, to: ['a@hole.example', MAIL.to] });
      expect(rejected.map(({ address, lines }) => [address, ...lines])).toEqual([
        ['a@hole.example', '551 5.7.1 recipient blackholed'],
      ]);
      expect(accepted).toEqual([MAIL.to]);
      await mta.stop();
    }
  });
}

export function smtpRows(row: TestRow): void {
  greetings(row);
  contextCommands(row);
  limits(row);
  mistakes(row);
  refusals(row);
  contentRows(row);
}
