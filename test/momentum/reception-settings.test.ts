import { Momentum, UsageError, type MomentumOptions } from '../../src';

const config = (listener: string, global = '') => ({
  config: {
    text: `scriptlet "scriptlet" { } alerting { } ec_logger "ec_logger" { } ${global}
      ESMTP_Listener { Listen ":25" { ${listener} } }`,
  },
});
const MAIL = {
  from: 'me@example.com',
  to: 'you@example.org',
  data: 'Subject: hello\r\n\r\nbody\r\n',
  peer: '10.1.2.3',
};

async function outcome(options: MomentumOptions, mail: Partial<typeof MAIL> = {}) {
  const mta = await Momentum.start(options);
  const sent = await mta.smtp.send({ ...MAIL, ...mail });
  const rejectlog = mta.rejectlog.map(({ text }) => text);
  const [message] = mta.messages;
  await mta.stop();
  return { sent, message, rejectlog };
}

test('a server of tests takes mail from everybody for everybody', async () => {
  expect((await outcome({})).sent).toMatchObject({ code: 250 });
  expect((await outcome({}, { peer: '2001:db8::1' })).sent).toMatchObject({ code: 250 });
});

test.each([
  ['', '', 550],
  ['Relay_Hosts = ( "10.0.0.0/8" )', '', 250],
  ['Relay_Hosts = ( "192.0.2.0/24" )', 'Relay_Hosts = ( "10.0.0.0/8" )', 550],
  ['', 'Relay_Hosts = ( "10.0.0.0/8" )', 250],
  ['', 'Relay_Domains = ( "*.example.net" "example.org" )', 250],
  ['Peer "10.0.0.0/8" { Open_Relay = true }', '', 250],
  ['Peer "192.0.2.0/24" { Open_Relay = true }', '', 550],
  ['Relay_For_Sending_Domains = ( )', '', 250],
  ['Relay_For_Sending_Domains = ( "example.com" )', '', 250],
  ['Relay_For_Sending_Domains = ( "example.net" )', '', 550],
])('relaying with %j and %j: %i', async (listener, global, code) => {
  expect((await outcome(config(listener, global))).sent.code).toBe(code);
});

const OPEN = 'Open_Relay = true';

test.each([
  ['RFC2822_Trace_Headers = false', /^Date:/],
  ['RFC2822_Date_Header = ignore', /^Return-Path:[^]*Subject: hello\r\n\r\n/],
  ['Received_Hostname = "in.example.com"', /by in\.example\.com \(envelope-from/, true],
  ['Hostname = "mx.example.com"', /by mx\.example\.com \(envelope-from[^]*@mx\.example\.com>/],
] as [string, RegExp, boolean?][])('%s', async (option, expected, ofListener = false) => {
  const options = ofListener ? config(`${OPEN} ${option}`) : config(OPEN, option);
  expect((await outcome(options)).message!.raw.toString()).toMatch(expected);
});

test('refusals by the form of a message are noted as all others', async () => {
  const { sent, message, rejectlog } = await outcome(config(OPEN, 'RFC2822_Date_Header = pedantic'));
  const text = '5.6.0 Missing required RFC2822 Date field (see RFC2822 section 3.6)';
  expect(sent).toMatchObject({ code: 550, text });
  expect(message).toMatchObject({ disposition: 'rejected', reason: `550 ${text}` });
  expect(rejectlog).toHaveLength(1);
  expect(message!.log).toEqual(rejectlog);
});

test('options of a pathway, and its group in the rejectlog', async () => {
  const pathway = `Pathway_Group "inside" { Pathway "office" { Relay_Domains = ( "example.org" ) } }`;
  const taken = await outcome(config('Pathway = "office"', pathway));
  expect(taken.message!.context.connection.pathway).toBe('office');
  const refused = await outcome(config('Pathway = "office"', pathway), { to: 'you@example.net' });
  expect(refused.rejectlog[0]).toContain(' PATH="office" PATH_GRP="inside" ');
});

test.each(['ec_logger "ec_logger" { log_rejections = false }', ''])(
  'no rejectlog with %j',
  async (logger) => {
    const text = `scriptlet "scriptlet" { } alerting { } ${logger} ESMTP_Listener { Listen ":25" { } }`;
    const { sent, rejectlog } = await outcome({ config: { text } });
    expect(sent.code).toBe(550);
    expect(rejectlog).toEqual([]);
  },
);

test('exclude_vctx_mess and exclude_vctx_conn', async () => {
  const global = 'Exclude_VCTX_Mess = ( "_string$" ) Exclude_VCTX_Conn = ( "^ehlo" )';
  const { message } = await outcome(config(OPEN, global));
  expect(Object.keys(message!.context.message).filter((key) => key.endsWith('_string'))).toEqual([]);
  expect(Object.keys(message!.context.connection)).not.toContain('ehlo_domain');
});

describe('the option reception', () => {
  test('decides what the product leaves open', async () => {
    const reception = { acceptedText: 'thanks ', rejectlogContext: 'sorted' } as const;
    const { sent, message } = await outcome({ reception });
    expect(sent.text).toBe(`thanks ${message!.id}`);
    const { rejectlog } = await outcome({ ...config(''), reception });
    expect(rejectlog[0]).toMatch(/CTXCONN=\[connection_message_count=1,ehlo_domain=[^,]*,ehlo_string=/);
  });

  test.each([
    [{ acceptedTxt: '' }, "unknown member 'acceptedTxt'"],
    [{ acceptedText: 'a\nb' }, 'one line expected'],
    [{ rejectlogContext: 'random' }, "'insertion' or 'sorted' expected"],
  ])('%j is an error', async (reception, problem) => {
    const starting = Momentum.start({ reception: reception as MomentumOptions['reception'] });
    await expect(starting).rejects.toThrow(problem);
    await expect(starting).rejects.toBeInstanceOf(UsageError);
  });
});

test('a change of the configuration ends sessions at their next MAIL', async () => {
  const mta = await Momentum.start();
  const session = mta.smtp.session();
  await session.ehlo('me');
  await mta.console('config set suspend_delivery true');
  expect(await session.mail('me@example.com')).toMatchObject({ code: 421 });
  const next = mta.smtp.session();
  await next.ehlo('me');
  expect(await next.mail('me@example.com')).toMatchObject({ code: 250 });
  await mta.stop();
});
