import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { historyInFile, type HistoryStore } from '../../src/cli/console/history';
import { runInteractive, type InteractiveOptions } from '../../src/cli/console/interactive';
import { pagerOf } from '../../src/cli/console/pager';
import { readPassword } from '../../src/cli/console/password';
import { parseTarget } from '../../src/cli/console/target';
import { ControlConnection } from '../../src/listeners/control/client';
import { createControlServer, type ControlServer } from '../../src/listeners/control/server';
import { ConsoleResult, type ConsoleStatus } from '../../src/server/console/result';
import { UsageError } from '../../src/support/errors';

const ENTER = '\r';
const TAB = '\t';
const UP = '\x1b[A';
const CTRL_C = '\x03';
const CTRL_D = '\x04';
const PROMPT = '09:05:07 john@host:2025> ';

/** A terminal of a test: what is shown on it, and what is typed. */
class Terminal {
  readonly input = new PassThrough();
  readonly output = Object.assign(new PassThrough(), { rows: 3 });
  private bytes = '';

  constructor() {
    this.output.on('data', (chunk: Buffer) => {
      this.bytes += chunk.toString();
    });
  }

  get shown(): string {
    return stripVTControlCharacters(this.bytes);
  }

  type(...keys: string[]): void {
    for (const key of keys) this.input.write(key);
  }

  /** Resolves when the screen's text ends with the text. */
  async until(end: string): Promise<void> {
    while (!this.shown.endsWith(end)) await once(this.output, 'data');
  }
}

let server: ControlServer;
let connection: ControlConnection;
let terminal: Terminal;
let commands: string[];
let version: [string, ConsoleStatus];
let names: string[];
let saved: string[];
let paged: string[];

const history: HistoryStore = {
  load: () => ['newest', 'oldest'],
  save: (lines) => {
    saved = [...lines];
  },
};

beforeEach(async () => {
  commands = [];
  saved = [];
  paged = [];
  version = ['momentum-sim Version: 5.3\n', 'COMPLETED'];
  names = ['config get', 'config set', 'summary'];
  terminal = new Terminal();
  server = createControlServer(
    (line) => {
      const text = line.toString();
      if (text === 'version') return Promise.resolve(new ConsoleResult(...version));
      commands.push(text);
      if (text === 'hang') return new Promise(() => undefined);
      return Promise.resolve(new ConsoleResult(text.replaceAll(';', '\n')));
    },
    { commands: () => names },
  );
  connection = await ControlConnection.open(
    await server.listen(0).then((bound) => ('port' in bound ? bound.port : 0)),
  );
});
afterEach(async () => {
  connection.close();
  await server.close();
});

async function start(options: Partial<InteractiveOptions> = {}): Promise<{ status: Promise<number> }> {
  const status = runInteractive(connection, {
    input: terminal.input,
    output: terminal.output,
    history,
    endpoint: 'john@host:2025',
    pager: undefined,
    now: () => new Date(2026, 0, 1, 9, 5, 7),
    ...options,
  });
  status.catch(() => undefined);
  await terminal.until(PROMPT);
  return { status };
}

test('a banner with the version, commands at the prompt, quit', async () => {
  const { status } = await start();
  terminal.type('one', ENTER);
  await terminal.until(`one\r\none\n${PROMPT}`);
  terminal.type('  ', ENTER);
  await terminal.until(`  \r\n${PROMPT}`);
  terminal.type(' quit ', ENTER);
  expect(await status).toBe(0);
  expect(commands).toEqual(['one']);
  const rule = '#'.repeat(46);
  expect(terminal.shown.replaceAll('\r\n', '\n').split('\n')).toEqual([
    rule,
    '# momentum-sim Version: 5.3',
    rule,
    `${PROMPT}one`,
    'one',
    `${PROMPT}  `,
    `${PROMPT} quit `,
    '',
  ]);
});

test.each<[string, [string, ConsoleStatus], string]>([
  ['has lines of its own', ['a\nb\n', 'COMPLETED'], '# a\n# b\n'],
  ['is not told', ['Unknown command: version', 'FAILED'], '# connected to john@host:2025\n'],
])('a version that %s', async (_, answer, banner) => {
  version = answer;
  await start();
  expect(terminal.shown).toContain(`#\n${banner}##`);
});

test('Ctrl-D leaves', async () => {
  const { status } = await start();
  terminal.type(CTRL_D);
  expect(await status).toBe(0);
});

test('Ctrl-C clears the line', async () => {
  const { status } = await start();
  terminal.type('shutdown', '\x1b[D\x1b[D', CTRL_C, 'one', ENTER, 'quit', ENTER);
  expect(await status).toBe(0);
  expect(commands).toEqual(['one']);
});

test('Ctrl-C while a command runs ends the connection', async () => {
  const { status } = await start();
  terminal.type('hang', ENTER);
  while (commands.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  terminal.type(CTRL_C);
  await expect(status).rejects.toThrow(UsageError);
});

test('lines that were typed while a command ran are run after it', async () => {
  const { status } = await start();
  terminal.type('one', ENTER, 'two', ENTER, 'quit', ENTER);
  expect(await status).toBe(0);
  expect(commands).toEqual(['one', 'two']);
});

test('a connection that ends is told at once', async () => {
  const { status } = await start();
  server.reset();
  await expect(status).rejects.toThrow('the control channel at john@host:2025 closed the connection');
});

describe('completion', () => {
  test('of the server’s commands and the console’s own', async () => {
    const { status } = await start();
    terminal.type('sum', TAB);
    await terminal.until('summary');
    terminal.type(ENTER);
    await terminal.until(PROMPT);
    terminal.type('con', TAB);
    await terminal.until('config ');
    terminal.type('s', TAB);
    await terminal.until('config set');
    terminal.type(ENTER);
    await terminal.until(PROMPT);
    terminal.type('qu', TAB);
    await terminal.until('quit');
    terminal.type(ENTER);
    expect(await status).toBe(0);
    expect(commands).toEqual(['summary', 'config set']);
  });

  test('knows commands that are new after a command', async () => {
    await start();
    names = ['brand_new'];
    terminal.type('config reload', ENTER);
    await terminal.until(`config reload\n${PROMPT}`);
    terminal.type('bra', TAB, ' sum', TAB);
    await terminal.until('brand_new sum');
  });
});

describe('history', () => {
  test('of earlier sessions, and kept for later ones', async () => {
    const { status } = await start();
    terminal.type(UP, UP, ENTER);
    await terminal.until(`oldest\n${PROMPT}`);
    terminal.type('quit', ENTER);
    await status;
    expect(commands).toEqual(['oldest']);
    expect(saved).toEqual(['quit', 'oldest', 'newest', 'oldest']);
  });

  test('in a file', () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'history-'));
    const file = path.join(directory, 'history');
    try {
      const store = historyInFile(file);
      expect(store.load()).toEqual([]);
      store.save(['two', 'one']);
      expect(readFileSync(file, 'utf8')).toBe('one\ntwo\n');
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(store.load()).toEqual(['two', 'one']);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test('where it cannot be kept', () => {
    const store = historyInFile(path.join(__filename, 'history'));
    expect(() => store.save(['one'])).not.toThrow();
    expect(store.load()).toEqual([]);
  });
});

describe('\\pager', () => {
  const pager = (output: Buffer) => {
    paged.push(output.toString());
    return Promise.resolve(true);
  };

  test('pages output that is longer than the terminal, until it is turned off', async () => {
    const { status } = await start({ pager });
    terminal.type('1;2;3;4', ENTER);
    await terminal.until(`4\n${PROMPT}`);
    terminal.type('\\pager', ENTER);
    await terminal.until(`Pager is on.\n${PROMPT}`);
    terminal.type('1;2;3;5', ENTER, '1;2;3', ENTER);
    await terminal.until(`3\n${PROMPT}`);
    terminal.type('\\pager', ENTER);
    await terminal.until(`Pager is off.\n${PROMPT}`);
    terminal.type('1;2;3;6', ENTER, 'quit', ENTER);
    expect(await status).toBe(0);
    expect(paged).toEqual(['1\n2\n3\n5\n']);
    expect(terminal.shown).not.toContain('\n5\n');
    expect(terminal.shown).toContain('\n6\n');
  });

  test('without $PAGER', async () => {
    await start();
    terminal.type('\\pager', ENTER);
    await terminal.until(`PAGER is not set.\n${PROMPT}`);
  });

  test('a pager that cannot be run does not lose the output', async () => {
    await start({ pager: () => Promise.resolve(false) });
    terminal.type('\\pager', ENTER, '1;2;3;4', ENTER);
    await terminal.until(`\n4\n${PROMPT}`);
  });

  test('a real one', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'pager-'));
    try {
      const file = path.join(directory, 'paged');
      expect(await pagerOf(`cat > '${file}'`)(Buffer.from('text'))).toBe(true);
      expect(readFileSync(file, 'utf8')).toBe('text');
      expect(await pagerOf('exit 1')(Buffer.alloc(1_000_000))).toBe(true);
      expect(await pagerOf('/nowhere/pager 2>/dev/null')(Buffer.from('text'))).toBe(false);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

describe('the password', () => {
  test('is read and not shown', async () => {
    const password = readPassword(
      terminal.input,
      terminal.output,
      'Authorization required for console session',
    );
    await terminal.until('Password:');
    terminal.type('sec', 'x\x7f', 'ret', ENTER);
    expect(await password).toBe('secret');
    expect(terminal.shown).toBe('Authorization required for console session\nPassword:\n');
  });

  test.each([
    ['Ctrl-C', `sec${CTRL_C}`],
    ['Ctrl-D', CTRL_D],
  ])('%s gives none', async (_, keys) => {
    const password = readPassword(terminal.input, terminal.output, 'text');
    terminal.type(keys);
    await expect(password).rejects.toThrow('no password was given');
  });

  test('the end of the input gives none', async () => {
    const password = readPassword(terminal.input, terminal.output, 'text');
    terminal.input.end();
    await expect(password).rejects.toThrow('no password was given');
  });
});

test.each([
  ['2025', { address: '2025', user: undefined, password: undefined, shown: '2025' }],
  [
    'john@localhost:2025',
    { address: 'localhost:2025', user: 'john', password: undefined, shown: 'john@localhost:2025' },
  ],
  [
    'john:a:b/c@[::1]:2025',
    { address: '[::1]:2025', user: 'john', password: 'a:b/c', shown: 'john@[::1]:2025' },
  ],
  ['john:@/tmp/2025', { address: '/tmp/2025', user: 'john', password: '', shown: 'john@/tmp/2025' }],
  ['/tmp/a@b', { address: '/tmp/a@b', user: undefined, password: undefined, shown: '/tmp/a@b' }],
  ['./a@b', { address: './a@b', user: undefined, password: undefined, shown: './a@b' }],
])('the target %s', (text, target) => {
  expect(parseTarget(text)).toEqual(target);
});
