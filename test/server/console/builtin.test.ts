import type { BuiltinCommand, CommandCall } from '../../../src/server/console/builtin/command';
import { BuiltinCommands, CommandUsageError, runBuiltin } from '../../../src/server/console/builtin/dispatch';
import { unsimulatedCommands } from '../../../src/server/console/builtin/unsimulated';
import { xmlOf } from '../../../src/server/console/builtin/xml';

const command = (name: string, over: Partial<BuiltinCommand> = {}): BuiltinCommand => ({
  name,
  summary: 'a test',
  doc: 'none',
  run: ({ args, instance }) => ({ text: `${name}(${args.join(',')})`, data: { args, instance } }),
  ...over,
});
const commands = new BuiltinCommands([
  command('domain', { usage: 'NAME' }),
  command('domain all'),
  command('logger reopen', { hasInstance: true }),
  command('picky', {
    usage: 'THING',
    run() {
      throw new CommandUsageError('a thing is needed');
    },
  }),
]);

async function run(line: string, xml = false) {
  const words = line.split(' ');
  const found = commands.find(words);
  return found && runBuiltin(found, words, { line, xml } as CommandCall);
}

test.each([
  ['domain example.com', 'domain(example.com)'],
  ['domain all', 'domain all()'],
  ['domain all more', 'domain all(more)'],
  ['logger:main reopen x', 'logger reopen(x)'],
])('%s', async (line, output) => {
  expect(String(await run(line))).toBe(output);
});

test.each(['domains', 'logger reopen', 'logger', 'Domain all'])('%s is no command', async (line) => {
  expect(await run(line)).toBeUndefined();
});

it('takes a quoted word with a blank for one word', () => {
  expect(commands.find(['domain all', 'x'])).toBeUndefined();
});

it('gives the facts as data', async () => {
  expect((await run('logger:main reopen x'))?.data).toEqual({ args: ['x'], instance: 'main' });
});

it('answers a wrong usage with the usage, FAILED', async () => {
  const result = await run('picky');
  expect(result).toMatchObject({ status: 'FAILED', lines: ['a thing is needed', 'Usage: picky THING'] });
});

test('a line that is not complete: what it could go on to be', () => {
  expect(commands.beginningWith(['domain']).map(({ name }) => name)).toEqual(['domain', 'domain all']);
  expect(commands.beginningWith(['dom'])).toEqual([]);
});

test('XML by the names of the data', async () => {
  expect(String(await run('domain a&b', true))).toBe('<Domain><Args><Item>a&amp;b</Item></Args></Domain>\n');
  expect(xmlOf('x y', [1, { a: null }, '\x01'])).toBe(
    '<XY><Item>1</Item><Item><A/></Item><Item>\ufffd</Item></XY>\n',
  );
});

test('tls rekey is gone', async () => {
  const rekey = unsimulatedCommands.find(({ name }) => name === 'tls rekey');
  expect((await rekey!.run({ line: 'tls rekey' } as CommandCall)).text).toBe(
    "Unknown command: tls rekey\nMomentum 5.3 removed it: see 4/console-commands/tls in the product's documentation.\n",
  );
});

test.each(unsimulatedCommands.filter(({ name }) => name !== 'tls rekey').map((it) => [it.name, it]))(
  '%s says that it is not simulated',
  async (name, it) => {
    const answer = await it.run({ line: name } as CommandCall);
    expect(answer).toMatchObject({
      status: 'FAILED',
      text: expect.stringContaining('not simulated') as string,
    });
    expect(answer.text).toContain(it.doc);
  },
);
