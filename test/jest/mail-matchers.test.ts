import '../../src/jest';
import { Momentum } from '../../src';

const source = `
  require("msys.core")
  require("msys.extended.message")
  local mod = {}
  function mod:validate_rcptto(msg, str, ac, vctx)
    if string.find(tostring(str), "nobody", 1, true) then
      vctx:set_code(550, "5.1.1 who is that?")
    end
    return msys.core.VALIDATE_CONT
  end
  function mod:validate_data_spool_each_rcpt(msg, ac, vctx)
    msg:context_set(msys.core.ECMESS_CTX_MESS, "class", "bulk")
    return msys.core.VALIDATE_CONT
  end
  function mod:validate_set_binding(msg)
    msg:binding("gold")
    return msys.core.VALIDATE_CONT
  end
  msys.registerModule("matchers", mod)`;

const start = () => Momentum.start({ modules: [{ name: 'matchers', source }], bindings: ['gold'] });

async function sendTo(mta: Momentum, ...to: string[]) {
  const message = { subject: 'Grüße', headers: { 'X-One': ['first', 'second'] }, text: 'hello' };
  return mta.smtp.send({ from: 'a@example.com', to, message });
}

/** The message that a failing assertion shows, without colours. */
function failure(assert: () => void): string {
  try {
    assert();
  } catch (error) {
    return (error as Error).message.replace(/\x1b\[\d+m/g, '');
  }
  throw new Error('the assertion did not fail');
}

test('what was sent is accepted or rejected', async () => {
  const mta = await start();
  const good = await sendTo(mta, 'b@example.org');
  const bad = await sendTo(mta, 'b@example.org', 'nobody@example.org');
  expect(good).toBeAccepted();
  expect(good).not.toBeRejected();
  expect(bad).toBeRejected();
  expect(bad).toBeRejected(550);
  expect(bad).toBeRejected(550, 'who is that');
  expect(bad).toBeRejected(undefined, /^5\.1\.1/);
  expect(bad).not.toBeRejected(451);
  expect(failure(() => expect(bad).toBeAccepted())).toBe(
    'expect(reply).toBeAccepted()\n\nReceived: 550 5.1.1 who is that?',
  );
  expect(failure(() => expect(bad).toBeRejected(451, 'later'))).toBe(
    'expect(reply).toBeRejected(code, text)\n\nExpected: 451 "later"\nReceived: 550 5.1.1 who is that?',
  );
  expect(failure(() => expect(good).toBeRejected())).toContain('Received: 250 ');
});

test('replies of a session', async () => {
  const mta = await start();
  const session = mta.smtp.session();
  expect(await session.ehlo()).toBeAccepted();
  expect(await session.mail('a@example.com')).toBeAccepted();
  expect(await session.rcpt('nobody@example.org')).toBeRejected(550);
});

test('a message has headers', async () => {
  const mta = await start();
  await sendTo(mta, 'b@example.org');
  const [message] = mta.messages;
  expect(message).toHaveHeader('subject');
  expect(message).toHaveHeader('Subject', 'Grüße');
  expect(message).toHaveHeader('X-One', 'second');
  expect(message).toHaveHeader('X-One', /^f/);
  expect(message).not.toHaveHeader('X-One', 'fir');
  expect(message).not.toHaveHeader('X-Two');
  expect(failure(() => expect(message).toHaveHeader('X-One', 'third'))).toBe(
    'expect(message).toHaveHeader(name, value)\n\nExpected header: X-One: "third"\nReceived:\n  X-One: first\n  X-One: second',
  );
  expect(failure(() => expect(message).toHaveHeader('X-Two'))).toMatch(
    /none of that name. Headers:\n {2}.*Subject/,
  );
});

test('a message has context', async () => {
  const mta = await start();
  await sendTo(mta, 'b@example.org');
  const [message] = mta.messages;
  expect(message).toHaveContext('class');
  expect(message).toHaveContext('class', 'bulk');
  expect(message).toHaveContext('ehlo_domain');
  expect(message).not.toHaveContext('class', 'bul');
  expect(failure(() => expect(message).toHaveContext('class', 'other'))).toContain(
    'Received in message: "bulk"',
  );
  expect(failure(() => expect(message).toHaveContext('colour'))).toContain('Context of the message:');
});

test('a message has a binding', async () => {
  const mta = await start();
  await sendTo(mta, 'b@example.org');
  expect(mta.messages[0]).toBeBoundTo('gold');
  expect(mta.messages[0]).not.toBeBoundTo('default');
  expect(failure(() => expect(mta.messages[0]).toBeBoundTo('silver'))).toContain(
    'Received binding: "gold" of group default',
  );
});

test('a script called the product', async () => {
  const mta = await start();
  await sendTo(mta, 'b@example.org');
  expect(mta).toHaveCalled('msg:binding');
  expect(mta).toHaveCalled('msg:binding', expect.anything(), 'gold');
  expect(mta).not.toHaveCalled('msg:binding', expect.anything(), 'silver');
  expect(mta).not.toHaveCalled('msys.dnsLookup');
  expect(failure(() => expect(mta).toHaveCalled('msys.dnsLookup'))).toMatch(/Called were:\n[^]*msg:binding/);
});

test.each([
  ['toHaveHeader', 'mta.messages has no message', (none: unknown) => expect(none).toHaveHeader('X')],
  ['toBeBoundTo', 'mta.messages has no message', (none: unknown) => expect(none).toBeBoundTo('gold')],
  ['toHaveContext', 'mta.messages has no message', (none: unknown) => expect(none).toHaveContext('k')],
  ['toBeAccepted', 'must be a reply', (none: unknown) => expect(none).toBeAccepted()],
])('%s of nothing says so', (_name, message, assert) => {
  expect(failure(() => assert(undefined))).toContain(message);
});

test('messages in snapshots: of a server short, by themselves with their content', async () => {
  const mta = await start();
  await sendTo(mta, 'b@example.org');
  expect(mta.messages[0]).toMatchSnapshot();
  expect((mta.snapshot() as { messages: unknown }).messages).toMatchSnapshot();
});
