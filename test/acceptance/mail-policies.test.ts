import '../../src/jest';
import { Momentum, type MomentumOptions } from '../../src';

const BINDINGS = ['fast', 'gold', { name: 'pool-a', group: 'pool' }, { name: 'pool-b', group: 'pool' }];
const POOLS = {
  text: 'scriptlet "scriptlet" {\n}\nalerting {\n}\nthreadpool "LUA_TXT_LOGS" { concurrency = 2 }\nESMTP_Listener {\n  Relay_Hosts = ( "0.0.0.0/0" )\n  Listen ":25" {\n  }\n}\n',
};

const message = (headers: readonly string[], body = 'text') =>
  [...headers, 'Date: Thu, 01 Jan 2026 00:00:00 +0000', '', body, ''].join('\r\n');

const fixture = (name: string, options: MomentumOptions = {}) =>
  Momentum.start({ modules: [`fixtures/mail/${name}.lua`], ...options });

describe('a router of several files', () => {
  const start = () => fixture('router/main', { lib: ['fixtures/mail'], bindings: BINDINGS });

  test('binds by the class of the sender', async () => {
    const mta = await start();
    for (const from of ['shop@billing.example.com', 'letter@news.example.com', 'me@example.com'])
      await mta.smtp.send({ from, to: 'you@example.org', data: message(['Subject: hello']) });
    const [transactional, bulk, other] = mta.messages;
    expect(transactional).toBeBoundTo('fast');
    expect(transactional).toMatchObject({ priority: 1, disposition: 'queued' });
    expect(bulk?.bindingGroup).toBe('pool');
    expect(other).toBeBoundTo('default');
    expect(other).toHaveContext('class', 'default');
  });

  test('a subject counts for more than the sender', async () => {
    const mta = await start();
    const data = message(['Subject: offers [BULK]']);
    await mta.smtp.send({ from: 'shop@billing.example.com', to: 'you@example.org', data });
    expect(mta.messages[0]?.bindingGroup).toBe('pool');
  });

  test('a header chooses the binding and is taken away', async () => {
    const mta = await start();
    const data = message(['Subject: hello', 'X-Binding: gold']);
    await mta.smtp.send({ from: 'a@example.com', to: 'you@example.org', data });
    expect(mta.messages[0]).toBeBoundTo('gold');
    expect(mta.messages[0]).not.toHaveHeader('X-Binding');
  });

  test('a binding that does not exist is complained of in the paniclog', async () => {
    const mta = await start();
    const data = message(['Subject: hello', 'X-Binding: platinum']);
    await mta.smtp.send({ from: 'a@example.com', to: 'you@example.org', data });
    expect(mta.messages[0]).toBeBoundTo('default');
    expect(mta).toHaveLogged('paniclog', 'no such binding:\tplatinum');
  });

  test('each recipient is rewritten by itself', async () => {
    const mta = await start();
    const to = ['abuse@example.org', 'jo+lists@example.org', 'jo@example.org'];
    const sent = await mta.smtp.send({ from: 'a@example.com', to, data: message(['Subject: hello']) });
    expect(sent).toBeAccepted();
    expect(mta.messages.map(({ envelope }) => envelope.to)).toEqual([
      'ops@example.org',
      'jo@example.org',
      'jo@example.org',
    ]);
    expect(mta.messages[0]).toHaveHeader('X-Original-To', 'abuse@example.org');
    expect(mta.messages[1]).toHaveHeader('X-Folder', 'lists');
    expect(mta.messages[2]).not.toHaveHeader('X-Original-To');
    expect(new Set(mta.messages.map(({ batchId }) => batchId)).size).toBe(1);
  });

  test('copies are injected', async () => {
    const mta = await start();
    await mta.smtp.send({
      from: 'counsel@legal.example.com',
      to: 'you@example.org',
      data: message(['Subject: agreement'], 'whereas'),
    });
    const copy = mta.messages.find(({ envelope }) => envelope.to === 'audit@archive.example.net');
    expect(copy).toHaveHeader('X-Audit-Copy', 'yes');
    expect(copy?.text).toContain('whereas');
    expect(mta.domain('archive.example.net')?.active).toBe(1);
    expect(mta.messages).toHaveLength(2);
  });

  test('suspects go to the quarantine', async () => {
    const mta = await start();
    const data = message(['Subject: hello', 'X-Spam-Flag: YES']);
    await mta.smtp.send({ from: 'a@example.com', to: 'you@example.org', data });
    expect(mta.messages[0]).toMatchObject({ domain: 'quarantine.example.net' });
    expect(mta.messages[0]).toHaveHeader('X-Quarantined-For', 'you@example.org');
    expect(mta.domain('quarantine.example.net')?.active).toBe(1);
    expect(mta.domain('example.org')).toBeUndefined();
  });

  test('a message in a snapshot', async () => {
    const mta = await start();
    const data = message([
      'From: Shop <shop@billing.example.com>',
      'Subject: Your =?utf-8?Q?Rechnung_=C3=A4?=',
    ]);
    await mta.smtp.send({ from: 'shop@billing.example.com', to: 'jo+bills@example.org', data });
    expect(mta.messages[0]).toMatchSnapshot();
  });
});

describe('the reputation of the peer', () => {
  const dns = {
    '9.2.0.192.bl.example.org': { A: ['127.0.0.2'], TXT: ['sends what nobody wants'] },
    '7.2.0.192.in-addr.arpa': { PTR: ['mail.example.com'] },
    'mail.example.com': { A: ['192.0.2.7'] },
    '8.2.0.192.in-addr.arpa': { PTR: ['mail.example.com'] },
  };
  const send = async (mta: Momentum, peer: string) =>
    mta.smtp.send({ from: 'a@example.com', to: 'b@example.org', peer, data: message(['Subject: x']) });

  test('a listed peer is refused with the banner', async () => {
    const mta = await fixture('reputation', { dns });
    const sent = await send(mta, '192.0.2.9');
    expect(sent).toBeRejected(554, '192.0.2.9 is listed: sends what nobody wants');
    expect(sent.disconnected).toBe(true);
    expect(mta.messages).toHaveLength(0);
    expect(mta).toHaveLogged('rejectlog', 'is listed');
  });

  test.each([
    ['192.0.2.7', 'mail.example.com'],
    ['192.0.2.8', 'none'],
    ['192.0.2.10', 'none'],
  ])('%s is confirmed as %s', async (peer, name) => {
    const mta = await fixture('reputation', { dns });
    expect(await send(mta, peer)).toBeAccepted();
    expect(mta.messages[0]).toHaveHeader('X-Peer-Name', name);
    expect(mta.messages[0]).toHaveContext('fcrdns', name);
    expect(mta).toHaveCalled('msys.dnsLookup', peer, 'PTR');
  });
});

describe('accounts in a database', () => {
  const sqlite = `
    CREATE TABLE mailboxes (address TEXT PRIMARY KEY, quota INTEGER, used INTEGER);
    INSERT INTO mailboxes VALUES ('jo@example.org', 100, 1), ('full@example.org', 100, 100);`;
  const start = () => fixture('accounts', { datasources: { accounts: { sqlite } } });
  const rcpt = async (mta: Momentum, to: string) =>
    mta.smtp.send({ from: 'a@example.com', to, data: message(['Subject: x']) });

  test('a mailbox that exists', async () => {
    expect(await rcpt(await start(), 'Jo@example.org')).toBeAccepted();
  });

  test('one that does not', async () => {
    expect(await rcpt(await start(), 'nobody@example.org')).toBeRejected(550, 'no mailbox of that name');
  });

  test('one that is full', async () => {
    expect(await rcpt(await start(), 'full@example.org')).toBeRejected(452, 'mailbox full');
  });

  test('the others are still accepted', async () => {
    const mta = await start();
    const sent = await mta.smtp.send({
      from: 'a@example.com',
      to: ['nobody@example.org', 'jo@example.org'],
      data: message(['Subject: x']),
    });
    expect(sent).toMatchObject({
      accepted: ['jo@example.org'],
      rejected: [{ address: 'nobody@example.org', code: 550 }],
    });
    expect(mta.messages.map(({ envelope }) => envelope.to)).toEqual(['jo@example.org']);
  });

  test('a database that fails', async () => {
    const datasources = {
      accounts: {
        rows: () => {
          throw new Error('connection refused');
        },
      },
    };
    const mta = await fixture('accounts', { datasources });
    expect(await rcpt(mta, 'jo@example.org')).toBeRejected(451, 'try again later');
    expect(mta).toHaveLogged('paniclog', 'connection refused');
  });
});

test('a journalled log is written in a thread pool', async () => {
  const mta = await fixture('journal', { config: POOLS });
  const to = ['b@example.org', 'c@example.org'];
  await mta.smtp.send({ from: 'a@example.com', to, data: message(['Subject: x']) });
  await mta.clock.advance(0);
  const log = mta.jlogs.get('/var/log/ecelerity/journal')!;
  const lines = log.records.map(({ text }) => text);
  expect(log.subscribers).toEqual(['archiver']);
  expect(lines.map((line) => line.split(',').slice(1, 3))).toEqual(to.map((one) => ['a@example.com', one]));
  expect(lines[0]?.split(',')[0]).toBe(mta.messages[0]?.id);
});

describe('alignment of the sender', () => {
  const dns = {
    '_policy.strict.example': { TXT: ['v=ALIGN1; p=reject'] },
    'strict.example': { TXT: ['v=spf1 ip4:192.0.2.7 -all'] },
    '_policy.careful.example': { TXT: ['v=ALIGN1; p=quarantine'] },
  };
  const send = async (from: string, peer: string) => {
    const mta = await fixture('alignment', { dns });
    const data = message([`From: Someone <${from}>`, 'Subject: x']);
    return { mta, sent: await mta.smtp.send({ from, to: 'b@example.org', peer, data }) };
  };

  test('mail from a network of the sender passes', async () => {
    const { mta, sent } = await send('a@strict.example', '192.0.2.7');
    expect(sent).toBeAccepted();
    expect(mta.messages[0]).toHaveHeader('X-Alignment', /^pass/);
  });

  test('mail from another is refused', async () => {
    const { sent } = await send('a@strict.example', '192.0.2.8');
    expect(sent).toBeRejected(550, '192.0.2.8 is no sender of strict.example');
  });

  test('or goes into quarantine', async () => {
    const { mta } = await send('a@careful.example', '192.0.2.8');
    expect(mta.messages[0]).toHaveContext('quarantined', '1');
  });

  test('a domain without policy', async () => {
    const { mta } = await send('a@plain.example', '192.0.2.8');
    expect(mta.messages[0]).toHaveHeader('X-Alignment', 'none (no policy)');
    expect(mta.messages[0]).not.toHaveContext('quarantined');
  });
});
