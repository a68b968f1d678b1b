import type { ReceptionSettings } from '../../../src/server/reception/settings';
import { CONTENT, Fixture } from './support';

/** The message that the server makes of a content. */
async function receive(
  content: string,
  settings: Partial<ReceptionSettings> = {},
  hooks: ConstructorParameters<typeof Fixture>[1] = {},
) {
  const fixture = new Fixture({}, hooks);
  const session = await fixture.greet(settings);
  await fixture.send(session, { content });
  const [message] = fixture.messages;
  return { message: message!, raw: message!.raw!.toString('latin1') };
}

const OFF: Partial<ReceptionSettings> = {
  traceHeaders: false,
  dateHeader: 'ignore',
  messageIdHeader: 'ignore',
};

test('Return-Path and Received on top, the rest byte for byte', async () => {
  const { message, raw } = await receive(CONTENT, { messageIdHeader: 'ignore', hostname: 'mta.example.com' });
  expect(raw).toBe(
    [
      'Return-Path: <me@example.com>',
      'Received: from [192.0.2.1] ([192.0.2.1:4711] helo=client.example.com)',
      '\tby mta.example.com (envelope-from <me@example.com>)',
      '\t(ecelerity 5.3) with ESMTP',
      `\tid ${message.id}; Thu, 01 Jan 2026 00:00:00 +0000`,
      CONTENT,
    ].join('\r\n'),
  );
  expect(message.size).toBe(raw.length);
});

test('a Return-Path that is there is replaced', async () => {
  const { raw } = await receive(`Return-Path: <old@example.com>\r\n${CONTENT}`);
  expect(raw.match(/^Return-Path:.*$/gm)).toEqual(['Return-Path: <me@example.com>']);
});

test('nothing is added where nothing is to be', async () => {
  const content = 'return-path: <old@example.com>\r\nSubject: s\r\n\r\nbody';
  expect((await receive(content, OFF)).raw).toBe(content);
});

test('Message-ID after the Date; both are added where they are missing', async () => {
  const only = { ...OFF, messageIdHeader: 'ifneeded' } as const;
  const { message, raw } = await receive(CONTENT, only);
  const id = `Message-ID: <${message.id.replace(/[/-]/g, '.')}@localhost>`;
  expect(raw.split('\r\n').slice(0, 3)).toEqual([CONTENT.split('\r\n')[0], id, 'Subject: hello']);
  const both = await receive('Subject: s\r\n\r\n', { ...only, dateHeader: 'ifneeded' });
  expect(both.raw).toMatch(
    /^Date: Thu, 01 Jan 2026 00:00:00 \+0000\r\nMessage-ID: <[^>]+>\r\nSubject: s\r\n\r\n$/,
  );
  expect(both.message.context.message.get('rfc2822_date_missing')).toBe('true');
  const given = 'message-id: <mine@example.com>\r\nDate: d\r\n\r\n';
  expect((await receive(given, only)).raw).toBe(given);
});

test('a message without headers gets its own', async () => {
  const { raw } = await receive('only text\r\n', { missingHeaders: 'allow', messageIdHeader: 'ignore' });
  expect(raw).toMatch(/^Return-Path: [^]*\r\nDate: [^\r]*\r\n\r\nonly text\r\n$/);
});

test('Received as modules have it', async () => {
  const own = { receivedHeader: () => Promise.resolve('Received: by me\nfor you\n') };
  expect((await receive(CONTENT, {}, own)).raw).toContain('\r\nReceived: by me\r\n\tfor you\r\nDate:');
  const protocol = { protocolString: () => Promise.resolve('LMTP') };
  expect((await receive(CONTENT, {}, protocol)).raw).toContain(' with LMTP\r\n');
});

test.each([
  ['HELO me\r\n', {}, 'SMTP'],
  ['EHLO me\r\n', {}, 'ESMTP'],
  ['EHLO me\r\n', { tls: 'on' }, 'ESMTPS'],
  ['EHLO me\r\n', { auth_status: 'pass', auth_name: 'PLAIN', auth_user: 'jo' }, 'ESMTPA'],
  ['EHLO me\r\n', { auth_status: 'fail', auth_name: 'PLAIN', auth_user: 'jo' }, 'ESMTP'],
  ['EHLO me\r\n', { tls: 'on', auth_status: 'pass', auth_name: 'PLAIN', auth_user: 'jo' }, 'ESMTPSA'],
])('%j with %j is %s', async (line, context, protocol) => {
  const fixture = new Fixture();
  const session = fixture.open({}, { context: context });
  await session.ehlo(line, 'me');
  await fixture.send(session);
  expect(fixture.messages[0]!.raw!.toString()).toContain(` with ${protocol}\r\n`);
});

test('what a client says of itself cannot end a header', async () => {
  const fixture = new Fixture();
  const session = fixture.open();
  await session.ehlo('EHLO a\r\n', 'a\r\nX-Evil: yes');
  await session.authenticated({ user: 'jo "x" \r\nX-Evil: yes', status: 'fail', method: 'LOGIN' });
  await fixture.send(session);
  const { headers } = fixture.messages[0]!.content!;
  expect(headers.has('X-Evil')).toBe(false);
  expect(headers.get('Authentication-Results')).toEqual([
    'localhost; auth=fail (LOGIN) smtp.auth="jo \\"x\\" X-Evil: yes"',
  ]);
});
