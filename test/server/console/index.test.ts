import documented from './fixtures/command-names.json';
import { BUILTIN_COMMANDS } from '../../../src/server/console/builtin';
import type { BuiltinCommand } from '../../../src/server/console/builtin/command';
import { runBuiltin } from '../../../src/server/console/builtin/dispatch';
import { inProcessSession } from '../../../src/server/console/builtin/session';
import { parseCommandLine } from '../../../src/server/console/command-line';
import { Random } from '../../../src/server/random';
import { builtinConsole, type TestConsole } from './support';

const COMMANDS = [...BUILTIN_COMMANDS].map((command) => [command.name, command] as const);

/** Answered by the console's client, which never sends them (4/console-commands/pager). */
const CLIENT_SIDE = ['pager'];

/** Documented names that go on with an argument, or leave a word out. */
const FORMS: Readonly<Record<string, string>> = {
  'config begin from scratch': 'config begin',
  'ds_core flush cache_name': 'ds_core flush',
  sp_async: 'sp_async stats',
};

// 4/4-console-commands
test.each(documented.filter((name) => !CLIENT_SIDE.includes(name)))('%s is known', (name) => {
  const words = (FORMS[name] ?? name).replace(/ quiet$/, '').split(' ');
  const known = BUILTIN_COMMANDS.find(words);
  expect(known && typed(known, 'instance_name')).toBe(words.join(' '));
});

describe.each(COMMANDS)('%s', (name, command) => {
  it('has words that can be typed, a summary of one line and a page', () => {
    expect(name).toMatch(/^[a-z_]+(?: [a-z_]+)*$/);
    expect(command.summary).toMatch(/^\S.*\S$/);
    expect(command.doc).toMatch(/^(?:changelog\/)?4\/[a-z0-9/-]+$/);
  });

  it('is found by its words alone', () => {
    expect(BUILTIN_COMMANDS.find(typed(command).split(' '))).toBe(command);
  });

  it('is described by help', async () => {
    const result = await builtinConsole().run(`help ${name}`);
    expect(result.status).toBe('COMPLETED');
    expect(result.output).toContain(command.summary);
    expect(result.data).toMatchObject({
      commands: expect.arrayContaining([expect.objectContaining({ name })]),
    });
  });

  it('answers whatever is typed after it', async () => {
    const random = new Random(1).fork(name);
    const server = nastyServer();
    for (let i = 0; i < 40; i++)
      await expectAnswer(server, command, nastyWords(random), random.integer(0, 4) === 0);
  });
});

const NASTY = [
  '',
  ' ',
  'x'.repeat(5000),
  '"',
  "'",
  '\\',
  '\0',
  '\n',
  '\t',
  '\xff\xfe',
  'caf\xc3\xa9',
  '\xf0\x9f\x92\xa3',
  '0',
  '1',
  '25',
  '1e400',
  '99999999999999999999999',
  '-1',
  '-',
  '--',
  '--dry-run',
  '--meta',
  '--header',
  '-d',
  '-b',
  'NaN',
  '0x10',
  '%s%n',
  '(',
  '[a-',
  '*',
  '{',
  '=',
  'all',
  'list',
  'help',
  'quiet',
  'known.example',
  'user@known.example',
  'default',
  '192.0.2.1',
  '192.0.2.0/24',
  '192.0.2.1/99',
  '2001:db8::1',
  '::',
  '300,6',
  'spam',
  'sqlite',
  '__proto__',
  'constructor',
  '../../etc/passwd',
];

function nastyWords(random: Random): string[] {
  return Array.from({ length: random.integer(0, 5) }, () => NASTY[random.integer(0, NASTY.length - 1)]!);
}

const typed = ({ name, hasInstance }: BuiltinCommand, instance = 'main') =>
  hasInstance ? name.replace(/^\S+/, `$&:${instance}`) : name;
const quoted = (word: string) => `"${word.replace(/["\\]/g, '\\$&')}"`;

async function expectAnswer(
  { server, host }: TestConsole,
  command: BuiltinCommand,
  args: readonly string[],
  xml: boolean,
): Promise<void> {
  const name = typed(command);
  const line = [name, ...args.map(quoted)].join(' ');
  const { words } = parseCommandLine(line);
  expect(words).toEqual([...name.split(' '), ...args]);
  const call = { line, xml, server, host, session: inProcessSession() };
  const result = await runBuiltin(command, words, call);
  expect(['COMPLETED', 'FAILED']).toContain(result.status);
  if (result.status === 'FAILED') expect(result.output).not.toBe('');
}

/** Where the words that are names name something. */
function nastyServer() {
  const mta = builtinConsole({
    config: 'Datasource "sqlite" { uri = ( "sqlite:/x" ) } Domain "known.example" { Blackhole = true }',
    domains: { 'known.example': { active: 2, delayed: 3 } },
    dns: {},
  });
  const { facilities } = mta.server;
  facilities.auditSeries.define('spam', { type: 'cidr', interval: 300, windows: 6 });
  facilities.inboundAudit.configure(['300,6']);
  facilities.inboundAudit.record('connections', '192.0.2.1');
  facilities.counters.open('spam').add(3);
  return mta;
}
