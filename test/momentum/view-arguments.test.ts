import '../../src/jest';
import { Momentum } from '../../src';

const source = `
  require("msys.core")
  require("msys.extended.message")
  local mod = {}
  function mod:core_mail_queue_maintain_domain(dr, now)
    return dr.domain .. " " .. msys.core.mail_queue_size(dr.equeue)
  end
  function mod:apn_request_eval(request, msg)
    return msg:header("Subject")[1]
  end
  function mod:validate_data(msg, ac, vctx)
    local score, reason = msys.brightmail.scan(msg, ac, vctx)
    vctx:set(msys.core.VCTX_MESS, "score", score)
    return msys.core.VALIDATE_CONT
  end
  msys.registerModule("views", mod)`;

const start = async () => {
  const mta = await Momentum.start({ modules: [{ name: 'views', source }] });
  const scan = mta.fake('msys.brightmail.scan', (message) =>
    (message as Momentum['messages'][number]).headers.get('Subject') === 'spam' ? 9 : 0,
  );
  await mta.smtp.send({ from: 'a@example.com', to: 'b@example.org', message: { subject: 'spam' } });
  return { mta, scan };
};

test('hooks are called with messages and domains of the server', async () => {
  const { mta } = await start();
  const domain = mta.domain('example.org');
  expect(await mta.call('core_mail_queue_maintain_domain', domain, 0)).toEqual(['example.org 1']);
  expect(await mta.call('apn_request_eval', {}, mta.messages[0])).toEqual(['spam']);
});

test('a double sees the message that a script gives it', async () => {
  const { mta, scan } = await start();
  expect(mta.messages[0]).toHaveContext('score', '9');
  expect(scan.calls[0]?.[0]).toMatchObject({ envelope: { to: 'b@example.org' } });
});
