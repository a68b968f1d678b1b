import { Momentum } from '../../../src';
import { builtinConsole } from './support';

const FILE = '/var/tmp/smtp.log';

function filled() {
  const console = builtinConsole({
    bindings: ['gold'],
    domains: {
      'a.test': {
        active: [
          { from: 's@x.test', to: 'one@a.test', size: 99 },
          { to: 'two@a.test', binding: 'gold' },
        ],
      },
      'b.test': { active: 1 },
    },
  });
  /** What was said, without what is before the directions. */
  const dialogue = (file = FILE) =>
    (console.host.files.text(file) ?? '')
      .split('\n')
      .flatMap((line) => /: ([<>=] .*)$/.exec(line)?.[1] ?? []);
  return { ...console, dialogue };
}

test('add, list and remove: the documented texts', async () => {
  const { run, host } = filled();
  host.files.set(FILE, 'twenty-nine bytes from before');
  const added = await run(`trace smtp add * Problematic-Domain.com ${FILE}`);
  expect(added).toMatchObject({ output: 'Registered smtp tracer #1\n', data: { id: 1 } });
  const listed = await run('trace smtp list');
  expect(listed.output).toMatchInlineSnapshot(`
   "[     1]  binding: *
              domain: problematic-domain.com
                file: /var/tmp/smtp.log @ 29
   "
  `);
  expect(listed.data).toEqual({
    traces: [{ id: 1, binding: '*', domain: 'problematic-domain.com', file: FILE, size: 29 }],
  });
  expect((await run('trace smtp remove 1')).output).toBe('Removed smtp tracer #1\n');
  expect((await run('trace smtp list')).output).toBe('');
  expect((await run(`trace smtp add * * ${FILE}`)).output).toBe('Registered smtp tracer #2\n');
});

test('a dialogue', async () => {
  const { server, run, host } = filled();
  await run(`trace smtp add default a.test ${FILE}`);
  server.delivery.remotes.of('a.test').accept();
  await server.clock.advance(0);
  const connection = String(server.logs.mainlog[0]!.connectionId);
  expect(host.files.text(FILE)!.replaceAll(connection, 'CONNECTION')).toMatchInlineSnapshot(`
   "1767225600:CONNECTION:192.0.2.1: < 220 a.test ESMTP
   1767225600:CONNECTION:192.0.2.1: > EHLO localhost
   1767225600:CONNECTION:192.0.2.1: < 250 a.test
   1767225600:CONNECTION:192.0.2.1: > MAIL FROM:<s@x.test>
   1767225600:CONNECTION:192.0.2.1: < 250 2.1.0 OK
   1767225600:CONNECTION:192.0.2.1: > RCPT TO:<one@a.test>
   1767225600:CONNECTION:192.0.2.1: < 250 2.1.5 OK
   1767225600:CONNECTION:192.0.2.1: > DATA
   1767225600:CONNECTION:192.0.2.1: < 354 go ahead
   1767225600:CONNECTION:192.0.2.1: > (message of 99 bytes)
   1767225600:CONNECTION:192.0.2.1: > .
   1767225600:CONNECTION:192.0.2.1: < 250 2.0.0 OK
   "
  `);
});

test('messages after the first over a connection have no greeting', async () => {
  const { server, run, dialogue } = filled();
  await run(`trace smtp add * b.test ${FILE}`);
  server.delivery.remotes.of('b.test').reply(250, '2.0.0 queued');
  server.domains.enqueue('b.test', {});
  await server.clock.advance(0);
  const lines = dialogue();
  expect(lines.filter((line) => line.startsWith('> EHLO'))).toHaveLength(1);
  expect(lines.filter((line) => line === '< 250 2.0.0 queued')).toHaveLength(2);
});

test.each<[number, string[]]>([
  [12, ['< 451 no']],
  [11, ['< 220 b.test ESMTP', '> EHLO localhost', '< 451 no']],
  [3, ['> MAIL FROM:<sender@example.com>', '< 451 no']],
  [4, ['< 250 2.1.0 OK', '> RCPT TO:<recipient@b.test>', '< 451 no']],
  [7, ['< 250 2.1.5 OK', '> DATA', '< 451 no']],
  [9, ['> (message)', '> .', '< 451 no']],
  [16, ['< 451 no']],
])('a refusal at stage %i ends the dialogue', async (stage, end) => {
  const { server, run, dialogue } = filled();
  await run(`trace smtp add * * ${FILE}`);
  server.delivery.remotes.of('b.test').reply(451, 'no', { stage });
  await server.clock.advance(0);
  expect(dialogue().slice(-end.length)).toEqual(end);
});

test.each([
  ['refuse', '= connection refused'],
  ['timeout', '= connection timed out'],
] as const)('%s', async (behaviour, line) => {
  const { server, run, dialogue } = filled();
  await run(`trace smtp add * * ${FILE}`);
  server.delivery.remotes.of('b.test')[behaviour]();
  await server.clock.advance('1h');
  expect(dialogue()[0]).toBe(line);
});

test('the name of the server is that of the configuration', async () => {
  const { server, run, dialogue } = filled();
  const { policy, remotes } = server.delivery;
  const options = new Map([
    ['ehlo_hostname', '__hostname__'],
    ['hostname', 'mta.test'],
  ]);
  jest.spyOn(policy.settings, 'text').mockImplementation((option) => options.get(option));
  await run(`trace smtp add * * ${FILE}`);
  remotes.of('b.test');
  await server.clock.advance(0);
  options.set('ehlo_hostname', 'out.test');
  remotes.of('a.test');
  await server.clock.advance(0);
  expect(dialogue().filter((line) => line.includes('EHLO'))).toEqual([
    '> EHLO mta.test',
    '> EHLO out.test',
    '> EHLO out.test',
  ]);
});

test('only what matches binding and domain, until the trace is removed', async () => {
  const { server, run, dialogue } = filled();
  await run('trace smtp add gold * /var/tmp/gold.log');
  await run('trace smtp add * b.test /var/tmp/b.log');
  await run(`trace smtp add * * ${FILE}`);
  await run('trace smtp remove 3');
  server.delivery.remotes.of('*');
  await server.clock.advance(0);
  const recipients = (file: string) => dialogue(file).filter((line) => line.startsWith('> RCPT'));
  expect(recipients('/var/tmp/gold.log')).toEqual(['> RCPT TO:<two@a.test>']);
  expect(recipients('/var/tmp/b.log')).toEqual(['> RCPT TO:<recipient@b.test>']);
  expect(recipients(FILE)).toEqual([]);
});

test.each([
  ['trace smtp add * *', 'Too few arguments'],
  ['trace smtp add none * /tmp/x', 'Unknown binding: none'],
  ['trace smtp add * me@b.test /tmp/x', /is no domain name/],
  ['trace smtp add * * /none/x', /^Unable to open: ENOENT/],
  ['trace smtp add * * /tmp', /^Unable to open: EISDIR/],
  ['trace smtp list all', 'Unexpected argument: all'],
  ['trace smtp remove 7', 'No smtp tracer #7'],
  ['trace smtp remove x', "tracer_id: a whole number from 1 expected, not 'x'"],
])('%s fails', async (line, text) => {
  const result = await filled().run(line);
  expect(result.status).toBe('FAILED');
  expect(result.lines[0]).toEqual(typeof text === 'string' ? text : expect.stringMatching(text));
});

test('in a whole server the file is among its files', async () => {
  await using mta = await Momentum.start({ domains: { 'a.test': { active: 1 } } });
  await mta.console(`trace smtp add * * ${FILE}`);
  mta.remote('a.test').accept();
  await mta.clock.advance(0);
  expect(mta.files.text(FILE)).toContain('> RCPT TO:<recipient@a.test>');
});
