/** §5: the context variables that the server sets. */
import type { MomentumOptions } from '../../../src';
import { callout, listening, MAIL, prints, showing, shownIn, withPolicy, type TestRow } from './support';

export function contextKeyRows(row: TestRow): void {
  row('mail-5-8a', async () => {
    const keys = ['mailfrom_string', 'mailfrom_localpart', 'mailfrom_domain'];
    const mta = await withPolicy(
      ['ehlo', 'mailfrom', 'data_spool_each_rcpt'].map((phase) => showing(phase, ...keys)).join('\n'),
    );
    await mta.smtp.send({ ...MAIL, from: 'Me+x@Example.com' });
    await mta.smtp.send({ ...MAIL, from: '' });
    const said = ['MAIL FROM:<Me+x@Example.com>', 'Me+x', 'Example.com'];
    const nobody = ['MAIL FROM:<>', '', ''];
    expect(shownIn(mta, 'ehlo')).toEqual([
      ['', '', ''],
      ['', '', ''],
    ]);
    for (const phase of ['mailfrom', 'data_spool_each_rcpt'])
      expect(shownIn(mta, phase)).toEqual([said, nobody]);
  });

  row('mail-5-8b', async () => {
    const keys = ['rcptto_string', 'rcptto_localpart', 'rcptto_domain'];
    const mta = await withPolicy(
      ['mailfrom', 'rcptto', 'data_spool_each_rcpt'].map((phase) => showing(phase, ...keys)).join('\n'),
    );
    await mta.smtp.send({ ...MAIL, to: ['one@a.example', 'two@b.example'] });
    const said = [
      ['RCPT TO:<one@a.example>', 'one', 'a.example'],
      ['RCPT TO:<two@b.example>', 'two', 'b.example'],
    ];
    expect(shownIn(mta, 'mailfrom')).toEqual([['', '', '']]);
    expect(shownIn(mta, 'rcptto')).toEqual(said);
    expect(shownIn(mta, 'data_spool_each_rcpt')).toEqual(said);
  });

  row('mail-5-8c', async () => {
    const mta = await withPolicy(showing('data', 'rfc2822_date_missing'));
    await mta.smtp.send(MAIL);
    await mta.smtp.send({ ...MAIL, data: `Date: Thu, 01 Jan 2026 00:00:00 +0000\r\n${MAIL.data}` });
    expect(shownIn(mta, 'data')).toEqual([['true'], ['']]);
  });

  row('mail-5-8d', async () => {
    const mta = await withPolicy(
      `${showing('connect', 'ehlo_string')}\n${showing('ehlo', 'ehlo_string', 'ehlo_domain')}`,
    );
    const session = mta.smtp.session();
    await session.ehlo('sender.example.com');
    await session.helo('there');
    expect(shownIn(mta, 'connect')).toEqual([['']]);
    expect(shownIn(mta, 'ehlo')).toEqual([
      ['EHLO sender.example.com', 'sender.example.com'],
      ['HELO there', 'there'],
    ]);
  });

  row('mail-5-8e', async () => {
    const mta = await withPolicy(
      showing('rcptto', 'can_relay'),
      listening('Relay_Hosts = ( "192.0.2.0/24" ) Relay_Domains = ( "example.org" )'),
    );
    for (const peer of ['192.0.2.7', '198.51.100.7'])
      expect(await mta.smtp.send({ ...MAIL, peer })).toMatchObject({ code: 250 });
    expect(shownIn(mta, 'rcptto')).toEqual([['true'], ['']]);
  });

  row('mail-5-8f', async () => {
    const auth = (file: string): MomentumOptions => ({
      ...listening(`Open_Relay = true SMTP_Extensions = ( "AUTH LOGIN PLAIN" )
        AuthLoginParameters = [ uri = "${file}" ] AuthPlainParameters = [ uri = "${file}" ]`),
      files: { '/etc/passwords': 'joe:secret\n' },
    });
    const show = showing('mailfrom', 'auth_name', 'auth_status', 'auth_user');
    const mta = await withPolicy(
      `${show}
       function mod:core_validate_auth_hook(vctx, info, status)
         print("hook", vctx:get(core.VCTX_CONN, "auth_name"), vctx:get(core.VCTX_CONN, "auth_status"))
       end`,
      auth('file:///etc/passwords'),
    );
    for (const [method, password] of [
      ['PLAIN', 'secret'],
      ['LOGIN', 'wrong'],
    ] as const) {
      const session = mta.smtp.session();
      await session.ehlo();
      await session.auth({ method, user: 'joe', password });
      await session.mail(MAIL.from);
    }
    const broken = await withPolicy(show, auth('file:///etc/missing'));
    const session = broken.smtp.session({ auth: { user: 'joe', password: 'secret' } });
    expect(await session.ehlo()).toMatchObject({ code: 454 });
    await session.mail(MAIL.from);
    expect(shownIn(mta, 'mailfrom')).toEqual([
      ['PLAIN', 'pass', 'joe'],
      ['LOGIN', 'fail', 'joe'],
    ]);
    expect(shownIn(mta, 'hook')).toEqual([
      ['PLAIN', 'pass'],
      ['LOGIN', 'fail'],
    ]);
    expect(shownIn(broken, 'mailfrom')).toEqual([['PLAIN', 'error', 'joe']]);
  });

  row('mail-5-8g', async () => {
    const mta = await withPolicy(
      showing(
        'data_spool_each_rcpt',
        'connection_message_count',
        'connection_rcpt_count',
        'message_rcpt_count',
      ),
    );
    const session = mta.smtp.session();
    await session.ehlo();
    for (const to of [['a@a.example', 'b@a.example'], ['c@a.example']]) {
      await session.mail(MAIL.from);
      for (const address of to) await session.rcpt(address);
      await session.data(MAIL.data);
    }
    expect(shownIn(mta, 'data_spool_each_rcpt')).toEqual([
      ['1', '2', '2'],
      ['1', '2', '2'],
      ['2', '3', '1'],
    ]);
  });

  row('mail-5-8h', async () => {
    const keys = ['tls', 'tls_cipher', 'tls_cipher_algbits', 'tls_cipher_usebits'];
    const certificate = ['subject', 'subject_cn', 'issuer', 'issuer_cn'].map(
      (key) => `tls_client_cert_${key}`,
    );
    const mta = await withPolicy(
      showing('mailfrom', ...keys, ...certificate, 'tls_client_verified'),
      listening('SMTP_Extensions = ( "STARTTLS" ) TLS_Certificate = "/etc/server.pem"'),
    );
    const tls = { cipher: 'TLS_AES_128_GCM_SHA256' };
    const names = { subject: '/C=DE/CN=client', issuer: '/O=x/CN=ca', verified: true };
    for (const options of [{}, { tls }, { tls: { ...tls, ...names } }]) {
      const session = mta.smtp.session(options);
      await session.ehlo();
      await session.mail(MAIL.from);
    }
    const secure = ['on', 'TLS_AES_128_GCM_SHA256', '128', '128'];
    const empty = (count: number) => Array<string>(count).fill('');
    expect(shownIn(mta, 'mailfrom')).toEqual([
      empty(9),
      [...secure, ...empty(5)],
      [...secure, '/C=DE/CN=client', 'client', '/O=x/CN=ca', 'ca', 'yes'],
    ]);
  });

  row('mail-5-9', async () => {
    const expand = 'print("ehlo string is:", msys.expandMacro("%{vctx_conn:ehlo_string}"))';
    const mta = await withPolicy(callout('ehlo', expand));
    await mta.smtp.session().ehlo('there');
    expect(prints(mta)).toEqual(['ehlo string is:\tEHLO there']);
  });
}
