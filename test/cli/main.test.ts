import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT, runCli } from '../helpers/cli';

const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { version: string };

describe('what is asked for goes to stdout, with status 0', () => {
  test.each([
    [['--help'], 'Usage: momentum-sim COMMAND'],
    [['-h'], 'Usage: momentum-sim COMMAND'],
    [['--version'], version],
    [['serve', '--help'], 'Usage: momentum-sim serve'],
    [['console', '--help'], 'Usage: momentum-sim console'],
    [['lua', '--help'], 'Usage: momentum-sim lua'],
  ])('%j', async (args, text) => {
    const { status, stdout, stderr } = await runCli(args);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain(text);
  });

  it('the help names every command', async () => {
    const { stdout } = await runCli(['--help']);
    expect(stdout.match(/^ {2}[a-z]+(?= {2})/gm)?.map((name) => name.trim())).toEqual([
      'serve',
      'console',
      'lua',
    ]);
  });
});

describe('a wrong command line is answered with the usage on stderr, with status 2', () => {
  test.each([
    [[], 'a command is missing', 'COMMAND'],
    [['frobnicate'], "unknown command 'frobnicate'", 'COMMAND'],
    [['constructor'], "unknown command 'constructor'", 'COMMAND'],
    [['--frobnicate'], "unknown option '--frobnicate'", 'COMMAND'],
    [['serve', '--frobnicate'], "Unknown option '--frobnicate'", 'serve'],
    [['serve', '--http'], "Option '--http <value>' argument missing", 'serve'],
    [['serve', '--strict', '--no-strict'], '--strict or --no-strict, not both', 'serve'],
    [['lua'], 'a file is missing', 'lua'],
    [['lua', '-x'], "unknown option '-x'", 'lua'],
    [['console', '--frobnicate'], "unknown option '--frobnicate'", 'console'],
  ])('%j', async (args, problem, usage) => {
    const { status, stdout, stderr } = await runCli(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(`momentum-sim: ${problem}`);
    expect(stderr).toContain(`\n\nUsage: momentum-sim ${usage}`);
  });
});
