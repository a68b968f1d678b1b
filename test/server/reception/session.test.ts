import { refuses } from '../../../src/server/reception/verdict';
import { Fixture, LOCAL, PEER } from './support';

const setCode =
  (code: number, note = 'no') =>
  ({ vctx }: { vctx: { setCode(code: number, note: string): void } }) =>
    vctx.setCode(code, note);

test('the phases in their order', async () => {
  const fixture = new Fixture();
  const session = await fixture.greet();
  await fixture.send(session, { to: ['a@example.org', 'b@example.org'] });
  await session.command('QUIT\r\n');
  await session.close(false);
  await session.close(false);
  expect(fixture.calls).toEqual([
    'core_inc_inbound_connections',
    'core_validate_accept',
    'connect',
    'core_validate_connect',
    'ehlo',
    'mailfrom',
    'rcptto',
    'rcptto',
    'rcptto_list',
    'rcptto_list_final',
    'data',
    'data_spool',
    ...Array<string[]>(2)
      .fill([
        'data_spool_each_rcpt',
        'core_validate_data_spool_each_rcpt',
        'core_post_validate_data_spool_each_rcpt_v1',
      ])
      .flat(),
    ...Array<string[]>(2)
      .fill(['set_binding', 'core_final_validation', 'core_post_final_validation', 'core_log_reception_v1'])
      .flat(),
    'core_post_smtp_command',
    'core_dec_inbound_connections',
    'dealloc',
  ]);
});

test('the client is told that the message was taken: its id, or that of the batch', async () => {
  const fixture = new Fixture();
  const session = await fixture.greet();
  const one = await fixture.send(session);
  expect(one).toEqual({ reply: { code: 250, text: `2.0.0 OK ${fixture.messages[0]!.id}` } });
  const two = await fixture.send(session, { to: ['a@example.org', 'b@example.org'] });
  expect(two).toEqual({ reply: { code: 250, text: `2.0.0 OK ${fixture.messages[1]!.batchId}` } });
});

test('a received message', async () => {
  const fixture = new Fixture();
  const session = await fixture.greet();
  await fixture.send(session, { to: ['you@Example.ORG'] });
  const [message] = fixture.messages;
  expect(message).toMatchObject({
    from: 'me@example.com',
    to: 'you@Example.ORG',
    domain: 'example.org',
    disposition: 'queued',
    origin: {
      connectionId: session.accept.connectionId,
      receivedFrom: PEER,
      receivedVia: LOCAL,
      method: 'esmtp',
    },
  });
  expect(Object.fromEntries(message!.context.connection)).toEqual({
    pathway: 'default',
    ehlo_string: 'EHLO client.example.com',
    ehlo_domain: 'client.example.com',
    connection_message_count: '1',
    can_relay: 'true',
    connection_rcpt_count: '1',
    message_rcpt_count: '1',
  });
  expect(Object.fromEntries(message!.context.message)).toEqual({
    mailfrom_string: 'MAIL FROM:<me@example.com>',
    mailfrom_localpart: 'me',
    mailfrom_domain: 'example.com',
    rcptto_string: 'RCPT TO:<you@Example.ORG>',
    rcptto_localpart: 'you',
    rcptto_domain: 'Example.ORG',
  });
  const { statistics } = fixture.server.delivery.engine;
  expect(statistics).toMatchObject({ received: 1, rejected: 0 });
  expect(fixture.server.domains.get('example.org')).toMatchObject({ active: 1 });
  expect(fixture.server.logs.mainlog[0]!.text).toMatch(
    /@R@you@Example\.ORG@me@example\.com@192\.0\.2\.1@\d+@esmtp@default@default$/,
  );
});

test('the message dictionary is emptied for each message, that of the connection is not', async () => {
  const fixture = new Fixture({
    mailfrom: ({ vctx }) => {
      vctx.message.set('seen', vctx.message.get('mine') ?? 'nothing');
      vctx.message.set('mine', 'yes');
      vctx.connection.set('count', `${vctx.connection.get('count') ?? ''}|`);
    },
  });
  const session = await fixture.greet({}, { context: { trusted: 'yes' }, pathway: 'inside' });
  await fixture.send(session);
  await fixture.send(session);
  const [first, second] = fixture.messages;
  expect([first, second].map((message) => message!.context.message.get('seen'))).toEqual([
    'nothing',
    'nothing',
  ]);
  expect(first!.context.connection.get('count')).toBe('|');
  expect(second!.context.connection.get('count')).toBe('||');
  expect(second!.context.connection.get('trusted')).toBe('yes');
  expect(second!.origin.pathway).toBe('inside');
  expect(second!.context.connection.get('connection_message_count')).toBe('2');
  expect(session.vctx.message.size).toBe(0);
});

test('each recipient has dictionaries of its own', async () => {
  const fixture = new Fixture({
    data: ({ vctx }) => vctx.message.set('of', 'all'),
    data_spool_each_rcpt: ({ vctx, message }) => vctx.message.set('to', message!.to),
  });
  const session = await fixture.greet();
  await fixture.send(session, { to: ['a@example.org', 'b@example.org'] });
  expect(
    fixture.messages.map(({ context: { message } }) => [
      message.get('of'),
      message.get('to'),
      message.get('rcptto_localpart'),
    ]),
  ).toEqual([
    ['all', 'a@example.org', 'a'],
    ['all', 'b@example.org', 'b'],
  ]);
  expect(new Set(fixture.messages.map(({ id }) => id)).size).toBe(2);
  expect(new Set(fixture.messages.map(({ batchId }) => batchId)).size).toBe(1);
});

describe('a code of a callout', () => {
  test('other than 220 refuses the connection', async () => {
    const fixture = new Fixture({ connect: setCode(554, '5.7.1 go away') });
    const session = fixture.open();
    expect(await session.connect()).toEqual({
      reply: { code: 554, text: '5.7.1 go away' },
      disconnect: true,
    });
    expect(fixture.rejectlog).toEqual([
      `1767225600: R="192.0.2.1:4711" L="198.51.100.1:25" C="${session.accept.connectionId}" PATH="default" PATH_GRP="default" P="just connected" E=554 M= CTXCONN=[pathway=default] CTXMESS=[] 5.7.1 go away`,
    ]);
    const greeting = new Fixture({ connect: setCode(220, 'welcome') }).open();
    expect(await greeting.connect()).toEqual({ reply: { code: 220, text: 'welcome' } });
  });

  test.each([
    'ehlo',
    'mailfrom',
    'rcptto',
    'rcptto_list',
    'rcptto_list_final',
    'data',
    'data_spool',
  ] as const)('of %s refuses that step', async (phase) => {
    const fixture = new Fixture({ [phase]: setCode(550, '5.7.1 not here') });
    const session = fixture.open();
    await session.connect();
    const greeting = await session.ehlo('EHLO me\r\n', 'me');
    const verdict = refuses(greeting) ? greeting : await fixture.send(session);
    expect(verdict).toEqual({ reply: { code: 550, text: '5.7.1 not here' } });
    expect(fixture.calls).toContain(phase);
    expect(fixture.calls).not.toContain('set_binding');
    expect(fixture.rejectlog).toHaveLength(1);
    expect(fixture.server.delivery.engine.statistics.rejected).toBe(1);
    const isMessage = phase === 'data' || phase === 'data_spool';
    expect(fixture.messages).toHaveLength(isMessage ? 1 : 0);
    if (isMessage)
      expect(fixture.messages[0]).toMatchObject({ disposition: 'rejected', reason: '550 5.7.1 not here' });
  });

  test('without a text has the default one', async () => {
    const fixture = new Fixture({ mailfrom: setCode(451, '') });
    const session = await fixture.greet();
    expect(await fixture.send(session)).toEqual({
      reply: { code: 451, text: '4.7.0 [internal] rejected by policy' },
    });
  });

  test('below 400 replaces the text of the reply', async () => {
    const fixture = new Fixture({
      mailfrom: setCode(250, 'sender fine'),
      data_spool: setCode(250, 'got it'),
    });
    const session = await fixture.greet();
    expect(await session.mail('MAIL FROM:<>\r\n', '')).toEqual({ reply: { code: 250, text: 'sender fine' } });
    expect(await fixture.send(session)).toEqual({ reply: { code: 250, text: 'got it' } });
    expect(fixture.messages).toHaveLength(1);
  });

  test('ends with its phase', async () => {
    const fixture = new Fixture({ ehlo: setCode(250, 'hello') });
    const session = await fixture.greet();
    expect(await session.mail('MAIL FROM:<me@example.com>\r\n', 'me@example.com')).toEqual({});
  });
});

test('the session is closed, and held, as a callout wants', async () => {
  const fixture = new Fixture({
    mailfrom: ({ vctx }) => {
      vctx.setCode(421, 'go away');
      vctx.disconnect = true;
    },
    ehlo: ({ vctx }) => {
      vctx.tarpit = 5;
    },
  });
  const session = fixture.open();
  expect(await session.ehlo('EHLO me\r\n', 'me')).toEqual({ tarpit: 5 });
  expect(await session.mail('MAIL FROM:<>\r\n', '')).toEqual({
    reply: { code: 421, text: 'go away' },
    disconnect: true,
  });
});

describe('some recipients are refused', () => {
  const fixtureWith = (isRefused: (address: string) => boolean) =>
    new Fixture({
      data_spool_each_rcpt: ({ vctx, message }) => {
        if (isRefused(message!.to)) vctx.setCode(550, `5.1.1 ${message!.to} is gone`);
      },
    });
  const to = ['a@example.org', 'b@example.org', 'c@example.org'];

  test('the client hears of success, and each of them bounces', async () => {
    const fixture = fixtureWith((address) => address === 'b@example.org');
    const session = await fixture.greet();
    const verdict = await fixture.send(session, { to });
    expect(verdict.reply?.code).toBe(250);
    expect(fixture.messages.map(({ disposition }) => disposition).slice(0, 3)).toEqual([
      'queued',
      'rejected',
      'queued',
    ]);
    expect(fixture.messages[1]!.reason).toBe('550 5.1.1 b@example.org is gone');
    expect(fixture.rejectlog).toHaveLength(1);
    const bounces = fixture.server.domains.get('example.com')!.queue.active;
    expect(bounces).toHaveLength(1);
    expect(bounces[0]).toMatchObject({ from: '', to: 'me@example.com', bounce: true });
    expect(bounces[0]!.raw!.toString()).toContain('b@example.org is gone');
  });

  test('without a bounce where the configuration says so', async () => {
    const fixture = fixtureWith((address) => address === 'b@example.org');
    const session = await fixture.greet({ bounceRejectedRecipients: false });
    expect((await fixture.send(session, { to })).reply?.code).toBe(250);
    expect(fixture.server.domains.get('example.com')).toBeUndefined();
  });

  test('when all are, the client is told so', async () => {
    const fixture = fixtureWith(() => true);
    const session = await fixture.greet();
    expect(await fixture.send(session, { to })).toEqual({
      reply: { code: 550, text: '5.1.1 a@example.org is gone' },
    });
    expect(fixture.messages.map(({ disposition }) => disposition)).toEqual([
      'rejected',
      'rejected',
      'rejected',
    ]);
    expect(fixture.rejectlog).toHaveLength(3);
    expect(fixture.server.domains.get('example.com')).toBeUndefined();
  });
});

test('a discarded message is taken, and is a rejection in the logs', async () => {
  const fixture = new Fixture({
    data: ({ message }) => {
      message!.discarded = '550 5.7.0 discarded by policy';
    },
  });
  const session = await fixture.greet();
  const verdict = await fixture.send(session, { to: ['a@example.org', 'b@example.org'] });
  expect(verdict.reply?.code).toBe(250);
  expect(fixture.messages.map(({ disposition, reason }) => [disposition, reason])).toEqual([
    ['discarded', '550 5.7.0 discarded by policy'],
    ['discarded', '550 5.7.0 discarded by policy'],
  ]);
  expect(fixture.rejectlog).toHaveLength(2);
  expect(fixture.rejectlog[0]).toMatch(/P="async body handler" E=550 .* 5\.7\.0 discarded by policy$/);
  expect([...fixture.server.domains]).toHaveLength(0);
  expect(fixture.server.logs.mainlog).toHaveLength(0);
});

test('recipients are those of the list, which is closed after the phase that makes it final', async () => {
  const fixture = new Fixture(
    {
      rcptto_list: ({ session }) => {
        session!.recipients.remove('a@example.org');
        session!.recipients.add('c@example.org');
      },
      data: ({ session }) => {
        expect(() => session!.recipients.add('late@example.org')).toThrow('final');
      },
    },
    { has: (name) => name === 'validate_rcptto_list_final' },
  );
  const session = await fixture.greet();
  await fixture.send(session, { to: ['a@example.org', 'b@example.org'] });
  expect(fixture.messages.map(({ to }) => to)).toEqual(['b@example.org', 'c@example.org']);
  expect(fixture.messages[1]!.context.message.get('rcptto_string')).toBe('RCPT TO:<c@example.org>');
});

test('without recipients DATA is refused', async () => {
  const fixture = new Fixture({ rcptto_list: ({ session }) => session!.recipients.replace([]) });
  const session = await fixture.greet();
  expect(await fixture.send(session)).toEqual({
    reply: { code: 503, text: '5.5.1 DATA without RCPT TO' },
  });
});

test('binding, then routing, then the queue', async () => {
  const fixture = new Fixture(
    { set_binding: ({ message }) => void (message!.chosenBinding = 'fast') },
    { routingDomain: () => Promise.resolve('Relay.Example.NET') },
  );
  fixture.server.delivery.bindings.define('fast', 'quick');
  const session = await fixture.greet();
  await fixture.send(session);
  expect(fixture.messages[0]).toMatchObject({
    binding: 'fast',
    group: 'quick',
    domain: 'relay.example.net',
    chosenBinding: undefined,
  });
  expect(fixture.calls).toContain('core_post_validate_set_binding');
  expect(fixture.server.domains.get('relay.example.net')).toMatchObject({ active: 1 });
});

test.each([
  ['taken', 250, 'taken', 1],
  ['failed', 451, 'rejected', 0],
] as const)(
  'a module that takes the message from the queue: %s',
  async (decision, code, disposition, lines) => {
    const fixture = new Fixture({}, { enqueue: () => Promise.resolve(decision) });
    const session = await fixture.greet();
    expect((await fixture.send(session)).reply?.code).toBe(code);
    expect(fixture.messages[0]!.disposition).toBe(disposition);
    expect(fixture.server.logs.mainlog).toHaveLength(lines);
    expect([...fixture.server.domains].reduce((sum, { active }) => sum + active, 0)).toBe(0);
  },
);

test('final validation defers one of several', async () => {
  const fixture = new Fixture(
    {},
    { finalDecision: ({ message }) => Promise.resolve(message!.to.startsWith('a@') ? 'defer' : 'continue') },
  );
  const session = await fixture.greet();
  expect((await fixture.send(session)).reply?.code).toBe(250);
  expect((await fixture.send(session, { to: ['a@example.org'] })).reply).toEqual({
    code: 451,
    text: '4.3.0 transaction failed',
  });
  expect((await fixture.send(session, { to: ['a@example.org', 'b@example.org'] })).reply?.code).toBe(250);
  expect(fixture.messages.map(({ disposition }) => disposition)).toEqual([
    'queued',
    'rejected',
    'queued',
    'queued',
  ]);
  expect(fixture.server.domains.get('example.org')).toMatchObject({ active: 2, delayedCount: 1 });
});

test('context variables are dropped before the message is kept', async () => {
  const fixture = new Fixture();
  const { delivery, reception } = fixture.server;
  const { settings } = delivery.policy;
  reception.options.matches = (pattern, text) => new RegExp(pattern).test(text);
  const list = settings.list.bind(settings);
  settings.list = (option, where) => {
    if (option === 'exclude_vctx_mess') return ['_string$', 'none'];
    return option === 'exclude_vctx_conn' ? ['^ehlo', '#'] : list(option, where);
  };
  const session = await fixture.greet({}, { context: { '#own': 'kept' } });
  await fixture.send(session);
  const { message, connection } = fixture.messages[0]!.context;
  expect([...message.keys()]).toEqual([
    'mailfrom_localpart',
    'mailfrom_domain',
    'rcptto_localpart',
    'rcptto_domain',
  ]);
  expect(connection.has('ehlo_string')).toBe(false);
  expect(connection.get('#own')).toBe('kept');
});

test('authentication', async () => {
  const fixture = new Fixture();
  const session = await fixture.greet({ openRelay: false });
  await session.authenticated({ user: 'jo', status: 'fail', method: 'PLAIN' });
  expect(session.vctx.connection.get('auth_status')).toBe('fail');
  expect(session.isRelayable).toBe(false);
  await session.authenticated({ user: 'jo', status: 'pass', method: 'PLAIN' });
  expect(session.isRelayable).toBe(true);
  await fixture.send(session);
  expect(fixture.messages[0]!.raw!.toString()).toContain(
    'Authentication-Results: localhost;\r\n\tauth=pass (PLAIN) smtp.auth=jo\r\n',
  );
});

test('a TLS handshake', async () => {
  const fixture = new Fixture();
  const session = fixture.open();
  const facts = { cipher: 'AES128-SHA', algorithmBits: 128, usedBits: 128, subject: 'CN=me', verified: true };
  expect(await session.tls(facts)).toEqual({});
  expect(Object.fromEntries(session.vctx.connection)).toMatchObject({
    tls: 'on',
    tls_cipher: 'AES128-SHA',
    tls_cipher_algbits: '128',
    tls_client_cert_subject: 'CN=me',
    tls_client_verified: 'yes',
  });
});

test('a refusal of the protocol engine is in the logs, and the hook is called before the session ends', async () => {
  const told: string[] = [];
  const fixture = new Fixture(
    {},
    {
      logRejection: async (_subject, { code, text, state }) => {
        await Promise.resolve();
        told.push(`${state} ${code} ${text}`);
      },
    },
  );
  const session = await fixture.greet();
  session.rejected(501, '5.5.2 MAIL FROM syntax error');
  await session.close(true);
  expect(told).toEqual(['MAILFROM 501 5.5.2 MAIL FROM syntax error']);
  expect(fixture.calls).toContain('core_server_esmtp_session_abort');
  expect(fixture.rejectlog).toHaveLength(1);
});

test('sessions are counted while they are open, and are told of a new configuration', async () => {
  const fixture = new Fixture();
  const { facilities, reception } = fixture.server;
  const session = fixture.open();
  expect(facilities.inboundSessions.count('SMTP', '192.0.2.0/24')).toBe(1);
  reception.configurationChanged();
  expect(session.isStale).toBe(true);
  expect(fixture.open().isStale).toBe(false);
  await session.close(false);
  expect(facilities.inboundSessions.count('SMTP', '192.0.2.0/24')).toBe(1);
  expect(reception.sessions.size).toBe(1);
});

test('the history of the sender', async () => {
  const fixture = new Fixture();
  const { inboundAudit } = fixture.server.facilities;
  inboundAudit.configure(['60,2']);
  const session = await fixture.greet();
  await fixture.send(session);
  session.rejected(500, 'x');
  const count = (what: 'connections' | 'receptions' | 'rejections') =>
    inboundAudit.count('60,2', what, '192.0.2.1', 0, 0);
  expect([count('connections'), count('receptions'), count('rejections')]).toEqual([1, 1, 1]);
});
