import { Momentum } from '../../src';
import '../../src/jest';

const SOURCE = `
  local mod = {}
  local function hold(cc)
    msys.core.mail_queue_delay_domain(msys.core.dns_get_domain(cc.argv[1]), "451 4.4.1 on hold")
  end
  local function answer(session)
    print("answering " .. session:request_method_get())
    session:response_status_set_std(200, "yes", "text/plain")
  end
  function mod:rsrc_setup()
    msys.httpsrv.register("POST", "/a/", answer)
    msys.httpsrv.register(nil, "/b", answer)
    msys.registerControl("hold", hold)
    msys.registerControl("peek far", function(cc) return cc.argv[9] end)
    return true
  end
  msys.registerModule("matchers", mod)`;

let mta: Momentum;

beforeEach(async () => {
  mta = await Momentum.start({
    modules: [{ name: 'matchers', source: SOURCE }],
    domains: ['held.example', 'open.example'],
  });
  await mta.console('hold held.example');
  await mta.request({ method: 'POST', url: '/a' });
});

/** The message of an assertion that fails, without colours. */
function failure(assert: () => void): string {
  try {
    assert();
  } catch (error) {
    return (error as Error).message.replace(/\x1b\[\d+m/g, '');
  }
  throw new Error('the assertion holds');
}

describe('what holds', () => {
  test.each<[string, () => void]>([
    ['delayed', () => expect(mta.domain('held.example')).toBeDelayed()],
    ['part of the note', () => expect(mta.domain('held.example')).toBeDelayed({ note: '451' })],
    ['pattern of the note', () => expect(mta.domain('held.example')).toBeDelayed({ note: /hold$/g })],
    [
      'asymmetric matcher of the note',
      () =>
        expect(mta.domain('held.example')).toBeDelayed({
          note: expect.stringMatching(/^451/) as unknown as string,
        }),
    ],
    ['another note', () => expect(mta.domain('held.example')).not.toBeDelayed({ note: '550' })],
    ['not delayed', () => expect(mta.domain('open.example')).not.toBeDelayed()],
    ['endpoint', () => expect(mta).toHaveEndpoint('POST', '/a')],
    ['endpoint with a trailing slash', () => expect(mta).toHaveEndpoint('POST', '/a/')],
    ['endpoint of every method, asked for one', () => expect(mta).toHaveEndpoint('GET', '/b')],
    ['endpoint of every method', () => expect(mta).toHaveEndpoint(null, '/b')],
    ['one method is not every method', () => expect(mta).not.toHaveEndpoint(null, '/a')],
    ['another method', () => expect(mta).not.toHaveEndpoint('GET', '/a')],
    ['a path below an endpoint is none itself', () => expect(mta).not.toHaveEndpoint('POST', '/a/x')],
    ['command', () => expect(mta).toHaveCommand('peek far')],
    ['the beginning of a command is none itself', () => expect(mta).not.toHaveCommand('peek')],
    ['log text', () => expect(mta).toHaveLogged('paniclog', ':scriptlet: answering POST')],
    ['log pattern', () => expect(mta).toHaveLogged('paniclog', /^\d+:scriptlet: answering/g)],
    ['another log', () => expect(mta).not.toHaveLogged('mainlog', 'answering')],
    ['no diagnostic', () => expect(mta).not.toHaveDiagnostic('ARGV_RANGE')],
    ['running', () => expect(mta).not.toHaveCrashed()],
  ])('%s', (_case, assert) => assert());

  test('after a crash', async () => {
    await expect(mta.console('peek far')).rejects.toThrow('argv[9]');
    expect(mta).toHaveCrashed();
    expect(mta).toHaveDiagnostic('ARGV_RANGE');
    expect(failure(() => expect(mta).not.toHaveCrashed())).toContain('The server is down: ARGV_RANGE');
  });

  test('after resolves and rejects', async () => {
    await expect(Promise.resolve(mta)).resolves.toHaveCommand('hold');
  });
});

describe('messages of what does not hold', () => {
  test.each<[string, () => void, string[]]>([
    [
      'not delayed',
      () => expect(mta.domain('open.example')).toBeDelayed(),
      ['expect(domain).toBeDelayed()', 'The domain open.example is not delayed.'],
    ],
    [
      'delayed',
      () => expect(mta.domain('held.example')).not.toBeDelayed(),
      [
        'expect(domain).not.toBeDelayed()',
        'Received note: "451 4.4.1 on hold"',
        'delayed until 2026-01-01T00:20',
      ],
    ],
    [
      'note',
      () => expect(mta.domain('held.example')).toBeDelayed({ note: '550' }),
      ['expect(domain).toBeDelayed(expected)', 'Expected note: "550"', 'Received note: "451 4.4.1 on hold"'],
    ],
    [
      'endpoint',
      () => expect(mta).toHaveEndpoint('GET', '/a'),
      [
        'expect(mta).toHaveEndpoint(method, path)',
        'Expected endpoint: GET /a\n',
        'Endpoints:\n  POST /a\n  * /b',
      ],
    ],
    [
      'no endpoint',
      () => expect(mta).not.toHaveEndpoint('POST', '/a'),
      ['Expected endpoint: not POST /a', 'Endpoints:\n  POST /a\n  * /b'],
    ],
    [
      'command',
      () => expect(mta).toHaveCommand('hol'),
      ['expect(mta).toHaveCommand(prefix)', 'Expected command: "hol"', 'Commands:\n  "hold"\n  "peek far"'],
    ],
    [
      'log',
      () => expect(mta).toHaveLogged('paniclog', 'refusing'),
      [
        'expect(mta).toHaveLogged(log, pattern)',
        'Expected entry: "refusing"',
        'Entries of the paniclog:\n  1767225600:scriptlet: answering POST',
      ],
    ],
    [
      'empty log',
      () => expect(mta).toHaveLogged('mainlog', /./),
      ['Expected entry: /./', 'Entries of the mainlog: none'],
    ],
    [
      'not in the log',
      () => expect(mta).not.toHaveLogged('httplog', 'POST'),
      ['Expected entry: not "POST"', 'Such entries of the httplog:'],
    ],
    [
      'diagnostic',
      () => expect(mta).toHaveDiagnostic('ARGV_RANGE'),
      ['Expected diagnostic: ARGV_RANGE', 'Diagnostics: none'],
    ],
    ['crash', () => expect(mta).toHaveCrashed(), ['expect(mta).toHaveCrashed()', 'The server is running.']],
  ])('%s', (_case, assert, parts) => {
    const message = failure(assert);
    for (const part of parts) expect(message).toContain(part);
  });

  test('a log shows its last entries', async () => {
    for (let i = 0; i < 12; i++) await mta.request({ method: 'PUT', url: '/b' });
    const message = failure(() => expect(mta).toHaveLogged('paniclog', 'DELETE'));
    expect(message).toContain('Entries of the paniclog, the last 10 of 13:');
    expect(message.match(/answering PUT/g)).toHaveLength(10);
    expect(message).not.toContain('answering POST');
  });
});

describe('misuse fails, with .not as well', () => {
  test.each<[string, () => void, string]>([
    ['no record', () => expect(mta.domain('typo.example')).toBeDelayed(), 'found no record of that name'],
    ['.not, no record', () => expect(mta.domain('typo.example')).not.toBeDelayed(), 'found no record'],
    ['no domain', () => expect('held.example').toBeDelayed(), 'must be a domain'],
    [
      'a member that is none',
      () => expect(mta.domain('held.example')).toBeDelayed({ notes: '451' } as never),
      'must be { note }',
    ],
    ['no server', () => expect(mta.http).not.toHaveEndpoint('GET', '/a'), 'must be a server'],
    ['null', () => expect(null).toHaveCrashed(), 'must be a server'],
    ['a relative path', () => expect(mta).not.toHaveEndpoint('GET', 'a'), 'begins with /'],
    [
      'no method',
      () => expect(mta).not.toHaveEndpoint(undefined as never, '/a'),
      'must be a method, or null',
    ],
    [
      'a log that is none',
      () => expect(mta).not.toHaveLogged('panic' as never, 'x'),
      'must be one of paniclog',
    ],
    ['no pattern', () => expect(mta).not.toHaveLogged('paniclog', undefined as never), 'text or a pattern'],
    ['no code', () => expect(mta).not.toHaveDiagnostic(undefined as never), 'code of a diagnostic'],
    ['no prefix', () => expect(mta).not.toHaveCommand(/hold/ as never), 'must be a string'],
  ])('%s', (_case, assert, part) => {
    expect(failure(assert)).toContain(part);
  });
});
