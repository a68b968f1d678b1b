import '../../src/jest';
import { Momentum, UsageError, type MomentumOptions } from '../../src';

const source = `
  require("msys.core")
  local mod = {}
  function mod:validate_mailfrom(str, ac, vctx)
    vctx:set(msys.core.VCTX_MESS, "seen", vctx:get(msys.core.VCTX_CONN, "customer") .. vctx:get(msys.core.VCTX_MESS, "class"))
    vctx:set(msys.core.VCTX_MESS, "class", "changed")
    return msys.core.VALIDATE_CONT
  end
  msys.registerModule("context", mod)`;
const context = { connection: { customer: 'Müller' }, message: { class: 'bulk' } };
const start = (options: MomentumOptions = {}) =>
  Momentum.start({ modules: [{ name: 'context', source }], context, ...options });

test('sessions and messages have it from the start, each message anew', async () => {
  const mta = await start();
  const session = mta.smtp.session();
  await session.ehlo();
  for (let i = 0; i < 2; i++) {
    await session.mail('a@example.com');
    await session.rcpt('b@example.org');
    await session.data('Subject: x\n\ntext\n');
  }
  expect(mta.messages.map((message) => message.context.message.seen)).toEqual(['Müllerbulk', 'Müllerbulk']);
  expect(mta.messages[0]).toHaveContext('class', 'changed');
});

test('what is injected has it too, after its own', async () => {
  const mta = await start();
  await mta.inject({ from: 'a@example.com', to: 'b@example.org', context: { message: { class: 'own' } } });
  expect(mta.messages[0]).toHaveContext('class', 'own');
  expect(mta.messages[0]).toHaveContext('customer', 'Müller');
});

test('the configuration of the listener comes after it', async () => {
  const text = `scriptlet "scriptlet" {
}
alerting {
}
ESMTP_Listener {
  Open_Relay = true
  Listen ":25" {
    Context = [ customer = "theirs" ]
  }
}
`;
  const mta = await start({ config: { text } });
  await mta.smtp.send({ from: 'a@example.com', to: 'b@example.org', data: 'Subject: x\n\n' });
  expect(mta.messages[0]).toHaveContext('customer', 'theirs');
});

test.each([
  [7, 'option context: { connection, message } expected'],
  [{ session: {} }, "option context: unknown dictionary 'session'"],
  [{ message: { a: 1 } }, 'option context.message: an object of texts expected'],
])('%j is refused', async (wrong, message) => {
  const started = start({ context: wrong as never });
  await expect(started).rejects.toThrow(UsageError);
  await expect(started).rejects.toThrow(message);
});
