import { BuiltinCommands, runBuiltin } from '../../../src/server/console/builtin/dispatch';
import { dnsCacheCommands } from '../../../src/server/console/builtin/dns-cache';
import { dnsRouteCommands } from '../../../src/server/console/builtin/dns-routes';
import type { CommandCall } from '../../../src/server/console/builtin/command';
import type { ConsoleResult } from '../../../src/server/console/result';
import { ServerState } from '../../../src/server/server';

const commands = new BuiltinCommands([...dnsCacheCommands, ...dnsRouteCommands]);

let server: ServerState;
beforeEach(() => {
  server = new ServerState({
    now: new Date('2026-01-01T00:00:00Z'),
    seed: 1,
    domains: ['known.example', 'plain.example'],
    dns: {
      'mail.example': { A: ['209.73.177.115', '209.73.177.116'] },
      'www.mail.example': { CNAME: 'mail.example' },
      'plain.example': { A: '192.0.2.4', TXT: 'say "hi"', MX: { preference: 10, exchange: 'mail.example' } },
      '7.2.0.192.in-addr.arpa': { PTR: 'mail.example' },
      'slow.example': { A: '192.0.2.5', delay: '1s' },
      'bad.example': 'SERVFAIL',
    },
  });
});

async function run(line: string): Promise<ConsoleResult> {
  const words = line.split(' ');
  const found = commands.find(words);
  if (!found) throw new Error(`no command: ${line}`);
  return runBuiltin(found, words, { line, xml: false, server } as CommandCall);
}
const output = async (line: string) => String(await run(line));

test('dns_cache: the documented session', async () => {
  expect(await output('dns_cache lookup mail.example A')).toBe('Cached result not found, try a submit.\n');
  expect(await output('dns_cache submit mail.example A')).toBe('Submitted\n');
  await server.clock.advance('1s');
  expect(await output('dns_cache lookup mail.example A')).toBe(
    [
      ';; QUESTION SECTION:',
      ';mail.example           IN      A',
      '',
      ';; ANSWER SECTION:',
      'mail.example            299     IN      A       209.73.177.115',
      'mail.example            299     IN      A       209.73.177.116',
      '',
      '',
    ].join('\n'),
  );
  expect(await output('dns_cache refcnts')).toBe('[  3] mail.example [299s]\n      (null)\n');
});

test.each([
  ['www.mail.example A', 'www.mail.example        300     IN      CNAME   mail.example'],
  ['plain.example TXT', 'plain.example           300     IN      TXT     "say \\"hi\\""'],
  ['plain.example MX', 'plain.example           300     IN      MX      10 mail.example'],
  ['192.0.2.7 X', '7.2.0.192.in-addr.arpa  300     IN      PTR     mail.example'],
  ['192.0.2.7 PTR', '7.2.0.192.in-addr.arpa  300     IN      PTR     mail.example'],
])('dns_cache lookup %s', async (words, line) => {
  await run(`dns_cache submit ${words}`);
  expect((await run(`dns_cache lookup ${words}`)).lines).toContain(line);
});

test('an answer that is no records', async () => {
  await run('dns_cache submit gone.example A');
  const { lines, data } = await run('dns_cache lookup gone.example A');
  expect(lines.slice(3)).toEqual([';; ANSWER SECTION:', '']);
  expect(data).toMatchObject({ cached: true, status: 'NXDOMAIN', ttl: 300, answer: [] });
});

test('an answer that takes time', async () => {
  await run('dns_cache submit slow.example A');
  expect(await output('dns_cache lookup slow.example A')).toContain('try a submit');
  expect(await output('dns_cache refcnts')).toBe('[  4] slow.example [0s]\n      (null)\n');
  await server.clock.advance('1s');
  expect(await output('dns_cache lookup slow.example A')).toContain('192.0.2.5');
});

test('dns_cache stats', async () => {
  for (const words of [
    'plain.example TXT',
    'mail.example A',
    'mail.example A',
    '192.0.2.7 X',
    'bad.example MX',
  ])
    await run(`dns_cache submit ${words}`);
  const result = await run('dns_cache stats');
  expect(result.output).toBe(`DNS Queries:
        TXT: 1
        PTR: 0
         MX: 1
          A: 1
  arpa IPv4: 1
  arpa IPv6: 0

DNS responses:
      Total: 4
        Bad: 1

DNS cache:
    Lookups: 5
   Hit Rate: 20.0000%
`);
  expect(result.data).toMatchObject({
    queries: { TXT: 1, 'arpa IPv4': 1 },
    responses: 4,
    lookups: 5,
    hits: 1,
  });
});

test.each([
  ['dns_cache lookup mail.example', 'A record and a type expected'],
  ['dns_cache submit a b c', 'A record and a type expected'],
  ['dns_cache lookup mail.example a', 'Unknown type: a (A, MX, PTR, X, X_AAAA, TXT, AAAA, CNAME)'],
  ['dns_cache submit mail.example X', 'Type X takes an IPv4 address: mail.example'],
  ['dns_cache submit 192.0.2.7 X_AAAA', 'Type X_AAAA takes an IPv6 address: 192.0.2.7'],
  ['dig', 'One domain expected'],
  ['dig a b', 'One domain expected'],
  ['dig user@example.com', 'domains.add: "user@example.com" is no domain name'],
  ['refresh domain', 'One domain expected'],
])('%s fails', async (line, message) => {
  const result = await run(line);
  expect(result.status).toBe('FAILED');
  expect(result.output).toContain(message);
});

test('dig and refresh domain resolve into the route cache', async () => {
  expect(await output('dig plain.example')).toBe('submitted\n');
  expect(server.domains.get('plain.example')?.expiry).toEqual(new Date('2026-01-01T00:05:00Z'));
  await run('dig new.example');
  expect(server.domains.get('new.example')).toBeDefined();
  await server.clock.advance('100s');
  await run('refresh domain plain.example');
  expect(server.domains.get('plain.example')?.expiry).toEqual(new Date('2026-01-01T00:06:40Z'));
  expect(await output('dns_cache refcnts')).toBe('');
  expect((await run('refresh domain all')).data).toEqual({
    domains: ['known.example', 'plain.example', 'new.example'],
  });
});
