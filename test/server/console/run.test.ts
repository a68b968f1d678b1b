import type { CommandLine } from '../../../src/server/console/command-line';
import { CommandRegistry } from '../../../src/server/console/commands';
import { ConsoleResult } from '../../../src/server/console/result';
import { runCommandLine } from '../../../src/server/console/run';

type Fn = (line: CommandLine) => ConsoleResult;

function run(line: string | Uint8Array) {
  const registry = new CommandRegistry<Fn>();
  registry.register('echo', ({ words, xml }) => {
    return new ConsoleResult(Buffer.from(JSON.stringify({ words, xml }), 'latin1'));
  });
  registry.register('fail', () => {
    throw new Error('broken');
  });
  return runCommandLine(line, (commandLine) =>
    Promise.resolve(registry.find(commandLine.words)).then((command) => command?.fn(commandLine)),
  );
}

test.each([
  ['echo a "b c"', 'COMPLETED', '{"words":["echo","a","b c"],"xml":false}'],
  ['xml echo', 'COMPLETED', '{"words":["echo"],"xml":true}'],
  ['echo é', 'COMPLETED', '{"words":["echo","é"],"xml":false}'],
  ['', 'COMPLETED', ''],
  ['  ', 'COMPLETED', ''],
  ['xml', 'COMPLETED', ''],
  [' no such  command é ', 'FAILED', 'Unknown command: no such  command é'],
  ['echo "open', 'FAILED', 'Unbalanced quote " at position 5'],
])('%j is %s with %j', async (line, status, output) => {
  expect(await run(line)).toMatchObject({ status, output });
});

test('takes bytes as they are', async () => {
  const result = await run(Buffer.of(0x65, 0x63, 0x68, 0x6f, 0x20, 0xff));
  expect(result.outputBytes.includes(0xff)).toBe(true);
});

test("rejects with the command's own error", async () => {
  await expect(run('fail')).rejects.toThrow('broken');
});
