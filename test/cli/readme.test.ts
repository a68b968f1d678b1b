/** What README.md shows of two terminals, from real ones. */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { ROOT, Program } from '../helpers/cli';
import { counterpart } from '../helpers/counterparts';
import { Conversation } from './console-conversation';

jest.setTimeout(60_000);

/** The command line from the sources. */
const MOMENTUM_SIM = [
  process.execPath,
  '-r',
  path.join(ROOT, 'test/helpers/typescript.cjs'),
  path.join(ROOT, 'src/cli/main.ts'),
].join(' ');
const LISTENERS = 'fixtures/ecelerity/listeners.conf';
const HTTP = '127.0.0.1:2081';
const SMTP = '127.0.0.1:2525';
const CONTROL = '/tmp/2025';
const PROMPT = /^\d\d:\d\d:\d\d \S+> /;
const withCurl = counterpart('curl');
const withTerminal = counterpart('script');

interface Shown {
  readonly command: string;
  readonly output: string;
}

/** The commands of the README's section, terminal by terminal, with their output. */
function readmeTerminals(heading: string): Shown[][] {
  const readme = readFileSync(path.join(ROOT, 'README.md'), 'utf8');
  const section = readme.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/^```console\n([^]*?)^```/gm)].map(([, block]) =>
    block!
      .split(/^\$ /m)
      .slice(1)
      .map((text) => {
        const [command = '', ...output] = text.split('\n');
        return { command, output: output.join('\n') };
      }),
  );
}

/** A copy of the project, whose server listens where nobody else does. */
class Project {
  readonly directory = mkdtempSync(path.join(tmpdir(), 'momentum-sim-readme-'));
  readonly #control = path.join(this.directory, 'control');
  #http = '127.0.0.1:0';
  #smtp = '127.0.0.1:0';

  constructor() {
    cpSync(path.join(ROOT, 'fixtures'), path.join(this.directory, 'fixtures'), { recursive: true });
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(this.directory, 'node_modules'));
    const file = path.join(this.directory, LISTENERS);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain(`"${HTTP}"`);
    expect(text).toContain(`"${CONTROL}"`);
    writeFileSync(file, this.#here(text));
  }

  run(command: string): Program {
    return new Program('sh', ['-c', this.command(command)], { cwd: this.directory });
  }

  /** The README's command with the addresses of this project. */
  command(command: string): string {
    const local = command.replace(/^npx momentum-sim console$/, `$& ${CONTROL}`);
    // In a shell's place, so that it gets the signals.
    return this.#here(local).replace(/^npx momentum-sim/, `exec ${MOMENTUM_SIM}`);
  }

  /** Output with the README's addresses. */
  shown(output: string): string {
    return output
      .replaceAll(this.#http, HTTP)
      .replaceAll(this.#smtp, SMTP)
      .replaceAll(this.#control, CONTROL);
  }

  serves(http: string, smtp: string): void {
    this.#http = http;
    this.#smtp = smtp;
  }

  remove(): void {
    rmSync(this.directory, { recursive: true });
  }

  #here(text: string): string {
    return text.replaceAll(HTTP, this.#http).replaceAll(SMTP, this.#smtp).replaceAll(CONTROL, this.#control);
  }
}

let project: Project;
let server: Program;
const [[serve] = [], talk = []] = readmeTerminals('Two terminals');

beforeAll(async () => {
  project = new Project();
  server = project.run(serve!.command);
  const [, http] = await server.waitFor('stdout', /^http: http:\/\/(\S+)\n/m);
  const [, smtp] = await server.waitFor('stdout', /^smtp: (\S+)\n/m);
  await server.waitFor('stdout', /^control: .*\n/m);
  project.serves(http!, smtp!);
});
afterAll(() => {
  server.process.kill('SIGKILL');
  project.remove();
});

const isInteractive = ({ output }: Shown) => output.split('\n').some((line) => PROMPT.test(line));
const talkEnd = talk.findIndex(isInteractive);
const reloads = () => server.stdout.split('\n').filter((line) => line.startsWith('reloaded')).length;

/** Runs a command in the second terminal; resolves to its output. */
async function run(command: string): Promise<string> {
  const next = reloads() + 1;
  const { stdout, status } = await project.run(command).outcome();
  expect(status).toBe(0);
  if (command.startsWith('sed -i'))
    await server.waitFor('stdout', new RegExp(`^(?:[^]*^reloaded.*\n){${next}}`, 'm'));
  return project.shown(stdout);
}

async function compare(commands: readonly Shown[]): Promise<void> {
  expect(commands.length).toBeGreaterThan(0);
  for (const { command, output } of commands)
    expect([command, await run(command)]).toEqual([command, output]);
}

/** Types the lines at the prompts; resolves to what the terminal shows, the times as in the README. */
async function converse({ command, output }: Shown): Promise<string> {
  const shown = output.split('\n').filter((line) => PROMPT.test(line));
  const terminal = new Conversation('script', ['-qec', project.command(command), '/dev/null'], {
    TERM: 'dumb',
    HOME: project.directory,
  });
  for (const [i, line] of shown.entries()) {
    await terminal.waitFor(new RegExp(`(?:^\\d\\d:\\d\\d:\\d\\d [^]*?){${i + 1}}`, 'm'));
    terminal.type(`${line.replace(PROMPT, '')}\n`);
  }
  expect(await terminal.status()).toBe(0);
  const lines = stripVTControlCharacters(terminal.printed).split(/\r*\n/);
  const times = shown.map((line) => line.slice(0, 8));
  const timed = lines.map((line) => (PROMPT.test(line) ? `${times.shift()}${line.slice(8)}` : line));
  return project.shown(timed.join('\n'));
}

test('the section has both terminals, and the console in one of them', () => {
  expect(serve?.command).toMatch(/^npx momentum-sim serve fixtures\//);
  expect(talkEnd).toBeGreaterThan(0);
});

withCurl('commands print what is shown', () => compare(talk.slice(0, talkEnd)));

withTerminal('the console shows what is shown', async () => {
  expect(await converse(talk[talkEnd]!)).toBe(talk[talkEnd]!.output);
});

withCurl('what follows prints what is shown, and so does the server', async () => {
  await compare(talk.slice(talkEnd + 1));
  server.process.kill('SIGINT');
  const { status, stdout, stderr } = await server.outcome();
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(`${project.shown(stdout)}^C\n`).toBe(serve!.output);
});
