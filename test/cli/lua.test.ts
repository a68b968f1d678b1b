import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { counterpart } from '../helpers/counterparts';
import { runCli, type RunOptions } from '../helpers/cli';

let directory: string;
beforeAll(() => (directory = mkdtempSync(path.join(tmpdir(), 'momentum-sim-lua-'))));
afterAll(() => rmSync(directory, { recursive: true }));

function runLua(source: string | Buffer, args: string[] = [], options: RunOptions = {}) {
  writeFileSync(path.join(directory, 'script.lua'), source);
  return runCli(['lua', 'script.lua', ...args], { cwd: directory, ...options });
}

it('gives the script its arguments', async () => {
  const source = 'for i = -3, 3 do print(i, arg[i]) end print(#arg, ...)';
  const { status, stdout } = await runLua(source, ['a b', '--option', 'ä']);
  expect(status).toBe(0);
  expect(stdout.split('\n')).toEqual([
    '-3\tnil',
    '-2\tmomentum-sim',
    '-1\tlua',
    '0\tscript.lua',
    '1\ta b',
    '2\t--option',
    '3\tä',
    '3\ta b\t--option\tä',
    '',
  ]);
});

it('speaks the dialect', async () => {
  expect((await runLua('if 5 != 6 then print(6 ^^ 3, 7 \\ 2, msys) end')).stdout).toBe('5\t3\tnil\n');
});

it('writes bytes as they are', async () => {
  const { stdoutBytes } = await runLua('print("\\255\\0\\228") io.write("ä", 1, "\\r")');
  expect(stdoutBytes.toString('latin1')).toBe('\xff\0\xe4\n\xc3\xa41\r');
});

it('shows the time as it is', async () => {
  const before = Math.floor(Date.now() / 1000);
  const time = Number((await runLua('print(os.time())')).stdout);
  expect(time).toBeGreaterThanOrEqual(before);
  expect(time).toBeLessThanOrEqual(Date.now() / 1000);
});

it('reads standard input for -', async () => {
  const { stdout } = await runCli(['lua', '-', 'x'], { input: '#!/usr/bin/lua\nprint(arg[0], ..., 1)' });
  expect(stdout).toBe('-\tx\t1\n');
});

test.each([
  ['os.exit(3)', 3],
  ['pcall(os.exit, 4)', 4],
  ['os.exit()', 0],
  ['print(1)', 0],
  ['error("x")', 1],
  ['return 5', 0],
])('%s ends with status %i', async (source, status) => {
  expect((await runLua(source)).status).toBe(status);
});

describe('require', () => {
  beforeAll(() => {
    mkdirSync(path.join(directory, 'lib/deep'), { recursive: true });
    writeFileSync(path.join(directory, 'beside.lua'), 'return "beside " .. ...');
    writeFileSync(path.join(directory, 'lib/deep/down.lua'), 'return "down"');
    writeFileSync(path.join(directory, 'lib/broken.lua'), 'x = = 1');
  });

  it('searches the working directory', async () => {
    const { stdout } = await runLua('print(require "beside", package.path)');
    expect(stdout).toBe('beside beside\t./?.lua\n');
  });

  test.each([
    ['lib/?.lua', 'down\tlib/?.lua\n'],
    ['nowhere/?.x;lib/?.lua;;', 'down\tnowhere/?.x;lib/?.lua;./?.lua\n'],
  ])('searches LUA_PATH %s', async (LUA_PATH, output) => {
    expect((await runLua('print(require "deep.down", package.path)', [], { env: { LUA_PATH } })).stdout).toBe(
      output,
    );
  });

  it('follows what the script does to package.path', async () => {
    expect((await runLua('package.path = "./lib/?.lua" print(require "deep.down")')).stdout).toBe('down\n');
  });

  it('says where it looked', async () => {
    const { stderr } = await runLua('require "a.b"', [], { env: { LUA_PATH: './?.lua;/x/?/y.lua' } });
    expect(stderr).toContain(
      "module 'a.b' not found:\n\tno field package.preload['a.b']\n\tno file './a/b.lua'\n\tno file '/x/a/b/y.lua'",
    );
  });

  it('reports the place of a syntax error in a module', async () => {
    const { stderr } = await runLua('require "broken"', [], { env: { LUA_PATH: 'lib/?.lua' } });
    expect(stderr).toContain("lib/broken.lua:1: unexpected symbol near '='");
  });
});

it('shows a syntax error with its place', async () => {
  const { status, stderr } = await runLua('local x = 1\nx y');
  expect(status).toBe(1);
  expect(stderr).toBe(
    "lua: script.lua:2: '=' expected near 'y'\n\n  1 | local x = 1\n> 2 | x y\n    |   ^\n",
  );
});

it('reports an error without a value, which the stand-alone interpreter does not', async () => {
  expect(await runLua('error()')).toMatchObject({
    status: 1,
    stderr: 'lua: (error object is not a string)\n',
  });
});

describe('errors read as those of the stand-alone interpreter', () => {
  const SCRIPTS: Readonly<Record<string, string>> = {
    'in a function': 'local function f() error("gone") end\nf()',
    'in a global function': 'function f()\n  local t = nil\n  return t.x + 1\nend\nprint(1)\nlocal x = f()',
    'without a place': 'error("gone", 0)',
    'a number': 'error(12)',
    'a table': 'error({})',
    'in a coroutine': 'coroutine.wrap(function() error("gone") end)()',
    'of a library function': '("x"):rep({})',
  };
  const compare = counterpart('lua5.1');
  for (const [name, source] of Object.entries(SCRIPTS)) {
    compare(name, async () => {
      const ours = await runLua(source);
      const { status, stdout, stderr } = spawnSync('lua5.1', ['script.lua'], {
        cwd: directory,
        encoding: 'utf8',
      });
      expect(ours).toMatchObject({ status, stdout, stderr: stderr.replace(/^lua5\.1: /, 'lua: ') });
    });
  }

  test.each([
    ['missing.lua', 'lua: cannot open missing.lua: No such file or directory\n'],
    ['.', 'lua: cannot read .: Is a directory\n'],
  ])('a script that cannot be read: %s', async (file, stderr) => {
    expect(await runCli(['lua', file], { cwd: directory })).toMatchObject({ status: 1, stdout: '', stderr });
  });
});

describe('the machine’s own', () => {
  it('files are read and written', async () => {
    const source =
      'local f = io.open("ä.txt", "w") f:write("one\\ntwo") f:close() for l in io.lines("ä.txt") do print(l) end';
    expect((await runLua(source)).stdout).toBe('one\ntwo\n');
    expect(readFileSync(path.join(directory, 'ä.txt'), 'utf8')).toBe('one\ntwo');
    expect((await runLua('print(os.remove("ä.txt"), io.open("ä.txt"))')).stdout).toBe(
      'true\tnil\tä.txt: No such file or directory\t2\n',
    );
  });

  it('standard input and streams are used', async () => {
    const source = 'for line in io.lines() do io.stderr:write(line, "|") end io.write(tostring(io.read()))';
    const { stdout, stderr } = await runLua(source, [], { input: 'a\nb' });
    expect([stdout, stderr]).toEqual(['nil', 'a|b|']);
  });

  it('environment is seen', async () => {
    expect((await runLua('print(os.getenv("MY_VARIABLE"))', [], { env: { MY_VARIABLE: 'ä' } })).stdout).toBe(
      'ä\n',
    );
  });
});
