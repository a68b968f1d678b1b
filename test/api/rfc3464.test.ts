import { Momentum } from '../../src';
import '../../src/jest';
import { lines, withMessage } from './support/message';

const DOMAIN = 'example.com';

/** A server with one message that has failed once, which scripts have as `msg`. */
async function withQueued(code = '450 4.2.0 busy') {
  const mta = await Momentum.start({
    config: { text: 'hostname = mta.test\nrfc2822_trace_headers = false' },
    domains: {
      [DOMAIN]: {
        delayed: [{ from: 'a@sender.test', to: `one@${DOMAIN}`, headers: 'Subject: hello', code }],
      },
    },
  });
  await mta.eval(`require("msys.rfc3464") require("msys.bounce") require("msys.extended.message")
    core = msys.core
    msg = core.ec_mailq_first_delayed(core.dns_get_domain("${DOMAIN}").equeue)`);
  return mta;
}

const ARRIVAL = 'Thu, 01 Jan 2026 00:00:00 +0000';
const FIELDS = {
  'Arrival-Date': ARRIVAL,
  'Reporting-MTA': 'dns; mta.test',
  'Diagnostic-Code': 'smtp; 450 4.2.0 busy',
  'Final-Recipient': `rfc822; one@${DOMAIN}`,
  'Last-Attempt-Date': ARRIVAL,
};

test.each([
  ['FAILED', { Action: 'failed', Status: '5.0.0' }],
  ['DELAYED', { Action: 'delayed', Status: '4.2.0', 'Will-Retry-Until': 'Fri, 02 Jan 2026 00:00:00 +0000' }],
  ['DELIVERED', { Action: 'delivered', Status: '2.0.0' }],
  ['RELAYED', { Action: 'relayed', Status: '2.0.0' }],
  ['EXPANDED', { Action: 'expanded', Status: '2.0.0' }],
])('compute_delivery_status: %s', async (action, fields) => {
  const mta = await withQueued();
  expect(await mta.eval(`msys.rfc3464.compute_delivery_status(msg, core.${action})`)).toEqual([
    { ...FIELDS, ...fields },
  ]);
});

test('compute_delivery_status_string: the same as text, or what a reply tells', async () => {
  const mta = await withQueued();
  const string = 'msys.rfc3464.compute_delivery_status_string';
  expect(await mta.eval(`${string}(msg, core.FAILED)`)).toEqual([
    lines(
      `Arrival-Date: ${ARRIVAL}`,
      'Reporting-MTA: dns; mta.test',
      '',
      'Diagnostic-Code: smtp; 450 4.2.0 busy',
      'Action: failed',
      `Final-Recipient: rfc822; one@${DOMAIN}`,
      `Last-Attempt-Date: ${ARRIVAL}`,
      'Status: 5.0.0',
    ),
  ]);
  for (const [reply, action, status] of [
    ['550 5.1.1 no such user', 'failed', '5.1.1'],
    ['450 busy', 'delayed', '4.0.0'],
    ['250 ok', 'delivered', '2.0.0'],
  ])
    expect(await mta.eval(`${string}("${reply!}")`)).toEqual([
      lines(`Diagnostic-Code: smtp; ${reply!}`, `Action: ${action!}`, `Status: ${status!}`),
    ]);
});

test('create_mdn makes a report, send_mdn sends it', async () => {
  const mta = await withQueued();
  const [type, bounce, to, from, subject] = await mta.eval(`
    local mdn = msys.rfc3464.create_mdn(msg, core.DELAYED)
    return msys.type(mdn), mdn.bounce, mdn:rcptto(), mdn:mailfrom(), mdn:header("Subject")[1]`);
  expect([type, bounce, to, from, subject]).toEqual([
    'msys.core:_ec_message',
    1,
    'a@sender.test',
    '',
    'Mail Delivery Delayed',
  ]);
  expect(mta.domain('sender.test')).toBeUndefined();
  expect(await mta.eval('msys.rfc3464.send_mdn(msg, core.FAILED)')).toEqual([1]);
  expect(mta.domain('sender.test')).toMatchObject({ active: 1 });
  await mta.eval('core.ec_generate_rfc3464_notification(msg, core.FAILED)');
  expect(mta.domain('sender.test')).toMatchObject({ active: 2 });
});

test('there is no report for the null sender, nor about a report', async () => {
  const mta = await withQueued();
  expect(
    await mta.eval(`
      local mdn = msys.rfc3464.create_mdn(msg, core.FAILED)
      local results = { msys.rfc3464.send_mdn(mdn, core.FAILED), tostring(msys.rfc3464.create_mdn(mdn, core.FAILED)) }
      msg:mailfrom("")
      results[3] = msys.rfc3464.send_mdn(msg, core.FAILED)
      return results`),
  ).toEqual([[0, 'nil', 0]]);
  expect(mta.domain('sender.test')).toBeUndefined();
});

test.each(['compute_delivery_status', 'create_mdn', 'send_mdn'])('%s takes no other action', async (name) => {
  const mta = await withQueued();
  await expect(mta.eval(`msys.rfc3464.${name}(msg, 4711)`)).rejects.toThrow(
    `bad argument #2 to '${name}' (one of msys.core.FAILED, msys.core.DELAYED`,
  );
});

const REPORT = lines(
  'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
  '',
  '--b',
  '',
  'text',
  '--b',
  'Content-Type: message/delivery-status',
  '',
  'Reporting-MTA: dns; far.test',
  '',
  'Final-Recipient: rfc822; gone@x.test',
  'Action: failed',
  'Status: 5.2.2',
  'Diagnostic-Code: smtp; 552 5.2.2',
  '\tover quota',
  '',
  'Final-Recipient: rfc822; other@x.test',
  'Action: delayed',
  '--b--',
);

describe('extract_delivery_status', () => {
  const extract = (mta: Momentum, message: string) =>
    withMessage(mta, message, 'return msys.rfc3464.extract_delivery_status(msg)');

  test('reads the fields of the message and of its first recipient', async () => {
    const mta = await withQueued();
    expect(await extract(mta, REPORT)).toEqual([
      {
        'Reporting-MTA': 'dns; far.test',
        'Final-Recipient': 'rfc822; gone@x.test',
        Action: 'failed',
        Status: '5.2.2',
        'Diagnostic-Code': 'smtp; 552 5.2.2 over quota',
      },
    ]);
  });

  test('reads what create_mdn makes', async () => {
    const mta = await withQueued('552 5.2.2 over quota');
    expect(
      await mta.eval('msys.rfc3464.extract_delivery_status(msys.rfc3464.create_mdn(msg, core.FAILED))'),
    ).toEqual([
      { ...FIELDS, 'Diagnostic-Code': 'smtp; 552 5.2.2 over quota', Action: 'failed', Status: '5.2.2' },
    ]);
  });

  test('decodes the part', async () => {
    const mta = await withQueued();
    const encoded = lines(
      'Content-Type: multipart/report; boundary=b',
      '',
      '--b',
      'Content-Type: message/delivery-status',
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from('Action: failed\r\n').toString('base64'),
      '--b--',
    );
    expect(await extract(mta, encoded)).toEqual([{ Action: 'failed' }]);
  });

  test.each([
    ['a plain message', 'Subject: x\r\n\r\nStatus: 5.0.0\r\n'],
    ['another multipart', REPORT.replace('multipart/report', 'multipart/mixed')],
    ['a report without such a part', REPORT.replace('message/delivery-status', 'text/plain')],
    ['a report without fields', REPORT.replace(/Reporting-MTA[^]*delayed\r\n/, '')],
    ['an empty message', ''],
  ])('nil for %s', async (_, message) => {
    const mta = await withQueued();
    expect(await extract(mta, message)).toEqual([undefined]);
  });

  test('C has a dictionary', async () => {
    const mta = await withQueued();
    const parse = `local ok, fields = core.ec_parse_rfc3464_delivery_status(msg)
      if ok == 0 then return ok, fields end
      local _, status = core.dict_key_exists_and_fetch(fields, "Status")
      return ok, status`;
    expect(await withMessage(mta, REPORT, parse)).toEqual([1, '5.2.2']);
    expect(await withMessage(mta, 'Subject: x\r\n\r\n', parse)).toEqual([0, undefined]);
  });
});

describe('msys.bounce', () => {
  const classify = (mta: Momentum, message: string) =>
    withMessage(mta, message, 'return msys.bounce.classify(msg)');

  test.each<[string, string, unknown[]]>([
    ['by the reply', REPORT, [22, 'BC_SOFT_MAILBOX_FULL', 'Mailbox Full', 'gone@x.test']],
    [
      'by the status',
      REPORT.replace('5.2.2', '5.1.1').replace(/smtp; 552 5\.2\.2\r\n\tover quota/, 'x-unix; failed'),
      [10, 'BC_HARD_INVALID_RECIPIENT', 'Invalid Recipient', 'gone@x.test'],
    ],
    [
      'that says nothing',
      REPORT.replace(/Diagnostic-Code.*\r\n.*\r\n/, '').replace(/Status.*\r\n/, ''),
      [1, 'BC_UNDETERMINED', 'Undetermined', 'gone@x.test'],
    ],
    [
      'of the recipient that the sender wrote to',
      REPORT.replace('Action: failed', 'Original-Recipient: rfc822; <first@y.test>\r\nAction: failed'),
      [22, 'BC_SOFT_MAILBOX_FULL', 'Mailbox Full', 'first@y.test'],
    ],
  ])('classify: a report %s', async (_, message, expected) => {
    expect(await classify(await withQueued(), message)).toEqual(expected);
  });

  test('classify: any other message by its text', async () => {
    const mta = await withQueued();
    const text = 'X-Failed-Recipients: gone@x.test\r\n\r\nSorry, user unknown.\r\n';
    expect(await classify(mta, text)).toEqual([
      10,
      'BC_HARD_INVALID_RECIPIENT',
      'Invalid Recipient',
      'gone@x.test',
    ]);
    expect(await classify(mta, 'Subject: x\r\n\r\nhi\r\n')).toEqual([
      1,
      'BC_UNDETERMINED',
      'Undetermined',
      undefined,
    ]);
    const late = `Subject: x\r\n\r\n${'x\r\n'.repeat(3000)} user unknown\r\n`;
    expect((await classify(mta, late))[0]).toBe(1);
    const far = 'return core.bounce_error_classify2(msg, nil, 20000)';
    expect(await withMessage(mta, late, far)).toEqual([10, undefined]);
  });

  test('classify_smtp_response: code, name, description', async () => {
    const mta = await withQueued();
    const call = 'msys.bounce.classify_smtp_response';
    expect(await mta.eval(`${call}("550 5.7.1 relaying denied", "x.test")`)).toEqual([
      54,
      'BC_BLOCK_RELAYING',
      'Relaying Denied',
    ]);
    expect(await mta.eval(`${call}("this domain is no longer used")`)).toEqual([
      1,
      'BC_UNDETERMINED',
      'Undetermined',
    ]);
    expect(await mta.eval('core.smtp_error_classify("450 later", "x.test", nil)')).toEqual([70]);
    expect(await mta.eval('core.smtp_error_classify_len("450 later", 3, "x.test", nil)')).toEqual([70]);
  });

  test('modules are asked first', async () => {
    const source = `require("msys.core") require("msys.bounce")
      local mod = {}
      function mod:core_smtp_error_classify(response, domain) return domain == "odd.test" and 77 or 0 end
      function mod:core_bounce_error_classify(body, len, pos)
        pos:set(3)
        return body:match("^odd") and len == #body and 60 or 0
      end
      msys.registerModule("mod", mod)`;
    const mta = await Momentum.start({ modules: [{ name: 'mod', source }] });
    const call = 'msys.bounce.classify_smtp_response';
    expect(await mta.eval(`${call}("550 x", "odd.test")`)).toEqual([77, 'BC_77', '77']);
    expect(await mta.eval(`${call}("450 x", "even.test")`)).toEqual([
      70,
      'BC_TRANSIENT_FAILURE',
      'Transient Failure',
    ]);
    expect((await classify(mta, 'Subject: x\r\n\r\nodd\r\n')).slice(0, 2)).toEqual([60, 'BC_AUTO_REPLY']);
    expect((await classify(mta, 'Subject: x\r\n\r\neven\r\n'))[0]).toBe(1);
  });
});
