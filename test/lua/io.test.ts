import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { realFiles } from '../../src/cli/real-files';
import { LuaError, LuaVM, Source, type LuaFile, type LuaFiles, type LuaOptions } from '../../src/lua';
import { VirtualFiles } from '../../src/server/files/virtual-files';
import { counterpart } from '../helpers/counterparts';
import { INPUT, PRELUDE, PROGRAMS } from './io-programs';
import { lua, thrownBy } from './support';

const NOW = { now: () => new Date(0) };

function inDirectory<Result>(work: (directory: string) => Result): Result {
  const directory = mkdtempSync(path.join(tmpdir(), 'momentum-sim-io-'));
  try {
    return work(`${directory}/`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function input(text: string): LuaFile {
  const bytes = Buffer.from(text);
  return {
    isSeekable: false,
    read: (position, length) => bytes.subarray(position, position + Math.min(length, 3)),
    write: () => undefined,
    size: () => bytes.length,
    close: () => undefined,
  };
}

function outputOf(source: string, directory: string, files: LuaFiles): string[] {
  const lines: string[] = [];
  const vm = new LuaVM({ files, stdin: input(INPUT), print: (text) => lines.push(text) });
  vm.globals.set('D', directory);
  vm.callSync(vm.load(new Source('=prelude', PRELUDE)));
  vm.callSync(vm.load(new Source('=program', source)));
  return lines;
}

describe.each(PROGRAMS)('%s', (_name, source, printed) => {
  test('in memory', () => {
    const files = new VirtualFiles([{ path: '/project/d/', content: undefined }], [], NOW);
    expect(outputOf(source, '/project/d/', files.scripts)).toEqual(printed);
  });

  test('on the disk', () => {
    inDirectory((directory) => expect(outputOf(source, directory, realFiles)).toEqual(printed));
  });

  counterpart('lua5.1')('in lua5.1', () => {
    inDirectory((directory) => {
      const loader = `D = ${JSON.stringify(directory)} ${PRELUDE} assert(loadstring(${luaQuote(source)}, '=program'))()`;
      const { stdout, stderr } = spawnSync('lua5.1', ['-e', loader], { input: INPUT });
      expect(stderr.toString()).toBe('');
      expect(stdout.toString('latin1').split('\n').slice(0, -1)).toEqual(printed);
    });
  });
});

const luaQuote = (text: string) => `[==[${text}]==]`;

test('without files there is none, and no directory', () => {
  const { run } = lua();
  expect(run('return io.open("f", "w")')).toEqual([undefined, 'f: No such file or directory', 2]);
  expect(run('return os.remove("f")')).toEqual([undefined, 'f: No such file or directory', 2]);
  expect(run('return io.tmpfile()')).toEqual([undefined, 'No such file or directory', 2]);
  expect(thrownBy(() => run('os.tmpname()'))).toMatchObject({
    luaMessage: 'test:1: unable to generate a unique filename',
  });
  expect(run('return io.read(), io.read("*a")')).toEqual([undefined, '']);
});

test('what fails besides the system is an error', () => {
  const broken = () => {
    throw new TypeError('a mistake of the host');
  };
  const files: LuaFiles = {
    open: broken,
    remove: broken,
    rename: broken,
    temporaryName: broken,
    temporaryFile: broken,
  };
  const error = thrownBy(() => lua({}, { files }).run('io.open("f")')) as LuaError;
  expect(error.luaMessage).toBe('test:1: a mistake of the host');
  expect(error.cause).toBeInstanceOf(TypeError);
});

test('a file that is loaded is known by its path', () => {
  inDirectory((directory) => {
    const { run } = lua({}, { files: realFiles });
    run('local f = io.open(..., "w") f:write("\\nerror(1)") f:close()', `${directory}broken.lua`);
    const error = thrownBy(() => run('dofile(...)', `${directory}broken.lua`)) as LuaError;
    expect(error).toMatchObject({ file: `${directory}broken.lua`, line: 2 });
  });
});

test('a call that takes time cannot be made in dofile', async () => {
  const files = new VirtualFiles([{ path: '/f.lua', content: 'wait()' }], [], NOW).scripts;
  const { runAsync } = lua({ wait: () => Promise.resolve(1) }, { files });
  await expect(runAsync('dofile("/f.lua")')).rejects.toThrow(
    'attempt to yield across metamethod/C-call boundary',
  );
});

describe('processes', () => {
  const calls: unknown[] = [];
  const written: Buffer[] = [];
  const processes: LuaOptions['processes'] = {
    run(command, caller, frames) {
      calls.push([caller, command, frames()[0]?.line]);
      return {
        status: 3,
        stdout: Buffer.from('one\ntwo\n'),
        input: (bytes) => written.push(Buffer.from(bytes)),
      };
    },
    exit(status) {
      calls.push(['os.exit', status]);
    },
  };
  const { run } = lua({}, { processes });
  beforeEach(() => {
    calls.length = written.length = 0;
  });

  test.each<[source: string, results: unknown[], calls: unknown[]]>([
    ['return os.execute()', [1], []],
    ['return os.execute("a b\\0c")', [768], [['os.execute', 'a b', 1]]],
    [
      'local p = io.popen("ls") return p:read(), p:read("*a"), p:read(1), p:close()',
      ['one', 'two\n', undefined, true],
      [['io.popen', 'ls', 1]],
    ],
    ['return io.popen("ls"):seek()', [undefined, 'Illegal seek', 29], [['io.popen', 'ls', 1]]],
    ['return io.popen("ls", "w"):read()', [undefined, 'Bad file descriptor', 9], [['io.popen', 'ls', 1]]],
    ['return io.popen("ls", "rw")', [undefined, 'ls: Invalid argument', 22], []],
    ['return (os.exit(257))', [undefined], [['os.exit', 1]]],
    ['return (os.exit())', [undefined], [['os.exit', 0]]],
  ])('%s', (source, results, made) => {
    expect(run(source)).toEqual(results);
    expect(calls).toEqual(made);
  });

  test('what is written to a process reaches it', () => {
    expect(run('local p = io.popen("sendmail", "w") p:write("a\\255", 1) return p:close()')).toEqual([true]);
    expect(Buffer.concat(written).toString('latin1')).toBe('a\xff1');
  });
});

test('the environment and processor time are the host’s', () => {
  const environment = new Map([['HOME', '/root']]);
  const { run } = lua({}, { environment, cpuTime: () => 1.5 });
  expect(run('os.setenv("A", "1") return os.getenv("HOME"), os.clock()')).toEqual(['/root', 1.5]);
  expect(environment.get('A')).toBe('1');
});
