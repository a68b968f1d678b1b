import { Momentum } from '../../src';
import '../../src/jest';

let mta: Momentum;
beforeEach(async () => {
  mta = await Momentum.start({ files: { '/data/in': 'one\ntwo\n3.5 rest', '/data/empty': '' } });
});
afterEach(() => mta.stop());

const FLAGS =
  'local core = msys.core local R, W, RW, C, A, T, X = core.O_RDONLY, core.O_WRONLY, core.O_RDWR, core.O_CREAT, core.O_APPEND, core.O_TRUNC, core.O_EXCL';
const run = (lua: string) => mta.eval(`${FLAGS} ${lua}`);
const opened = (lua: string) => run(`local io = core.io_wrapper_open("/data/in", R, 0) ${lua}`);

// 4/lua/ref-msys-core-io-wrapper-open
test('the documented example appends to a log', async () => {
  for (let i = 0; i < 2; i++)
    await run(`
      local text_log_data = "This,Is,A,Test,Line\\n"
      local text_log = core.io_wrapper_open("/tmp/text.csv", C | A | W, 0644)
      text_log:write(text_log_data, #text_log_data)
      text_log = nil`);
  expect(mta.files.text('/tmp/text.csv')).toBe('This,Is,A,Test,Line\n'.repeat(2));
});

describe('open', () => {
  test.each([
    ['"/data/in", R', true],
    ['"file:///data/in", R', true],
    ['"/data/missing", R', false],
    ['"/data/missing", W', false],
    ['"/data/new", W | C', true],
    ['"/data/in", W | C | X', false],
    ['"/nowhere/new", W | C', false],
    ['"/data", W', false],
    ['"", R', false],
  ])('(%s)', async (args, works) => {
    expect(await run(`return core.io_wrapper_open(${args}, 0) ~= nil`)).toEqual([works]);
  });

  test('without O_TRUNC what was there stays', async () => {
    await run('core.io_wrapper_open("/data/in", W, 0):write("ONE", 3)');
    expect(mta.files.text('/data/in')).toBe('ONE\ntwo\n3.5 rest');
    await run('core.io_wrapper_open("/data/in", W | T, 0):write("new", 3)');
    expect(mta.files.text('/data/in')).toBe('new');
  });

  test('of another scheme is not simulated', async () => {
    for (const [uri, flag] of [
      ['http://x.test/', 'W'],
      ['jlog:///var/log/x', 'R'],
    ])
      await expect(run(`core.io_wrapper_open("${uri}", ${flag}, 0)`)).rejects.toThrow(
        `${uri!.replace(/:.*/, '')}:// is not simulated`,
      );
    expect(mta).toHaveDiagnostic('NOT_SIMULATED');
  });

  test('with a context', async () => {
    expect(
      await run(`
        local context = core.dict_blank()
        core.dict_add_key_value(context, "k", "v")
        local io = core.io_wrapper_open2("/data/in", R, 0, context)
        return core.dict_key_exists_and_fetch(core.io_wrapper_get_context(io), "k")`),
    ).toEqual([1, 'v']);
  });

  test('a file of no name', async () => {
    const statements =
      'local io = core.io_wrapper_open_tmpspool() io:write("ab", 2) core.io_wrapper_lseek(io, 0, core.SEEK_SET) return io:read("*a")';
    expect(await run(statements)).toEqual(['ab']);
  });
});

describe('reading as in "The Simple I/O Model"', () => {
  test.each([
    ['io:read()', ['one']],
    ['io:read("*l", "*l", "*n", "*l", "*l")', ['one', 'two', 3.5, ' rest', undefined]],
    ['io:read(2, 0, 1)', ['on', '', 'e']],
    ['io:read("*a")', ['one\ntwo\n3.5 rest']],
    ['io:read("*a", "*a", 1)', ['one\ntwo\n3.5 rest', '', undefined]],
    ['io:lines()()', ['one']],
  ])('%s', async (call, results) => {
    expect(await opened(`return ${call}`)).toEqual(results);
  });

  test.each(['"*x"', '-1', '"1x"'])('read(%s) is an error', async (format) => {
    await expect(opened(`io:read(${format})`)).rejects.toThrow("bad argument #1 to 'read' (invalid format)");
  });

  test('through the wrong direction there is nothing', async () => {
    const written = 'core.io_wrapper_open("/data/in", W, 0)';
    expect(await run(`return ${written}:read("*l")`)).toEqual([undefined, 'Bad file descriptor', 9]);
    expect(await run(`return ${written}:lines()()`)).toEqual([undefined]);
  });
});

describe('writing', () => {
  test.each([
    ['io:write("abcdef", 3)', 3, 'abc'],
    ['io:write("abc")', 3, 'abc'],
    ['core.io_wrapper_printf(io, "%d-%s", 1, "x")', 3, '1-x'],
  ])('%s answers %i', async (call, result, content) => {
    expect(await run(`local io = core.io_wrapper_open("/data/out", W | C, 0) return ${call}`)).toEqual([
      result,
    ]);
    expect(mta.files.text('/data/out')).toBe(content);
  });

  test.each(['io:write("x", 1)', 'core.io_wrapper_printf(io, "x")'])(
    '%s into what is read: -1',
    async (call) => {
      expect(await opened(`return ${call}`)).toEqual([-1]);
    },
  );

  test('more than the buffer has is an error', async () => {
    await expect(run('core.io_wrapper_open("/data/out", W | C, 0):write("abc", 4)')).rejects.toThrow(
      '4 bytes of a buffer of 3',
    );
  });
});

// 3/3-api/apis-io-wrapper-*
test.each([
  [
    'lseek',
    'core.io_wrapper_lseek(io, 4, core.SEEK_SET), io:read("*l"), core.io_wrapper_lseek(io, 0, core.SEEK_CUR)',
    [4, 'two', 8],
  ],
  ['lseek from the end', 'core.io_wrapper_lseek(io, -4, core.SEEK_END), io:read("*a")', [12, 'rest']],
  ['lseek before the start', 'core.io_wrapper_lseek(io, -1, core.SEEK_SET)', [-1]],
  ['lseek from nowhere', 'core.io_wrapper_lseek(io, 0, 7)', [-1]],
  ['supports_lseek', 'core.io_wrapper_supports_lseek(io)', [1]],
  ['flush', 'core.io_wrapper_flush(io)', [0]],
  [
    'what it was opened as',
    'core.io_wrapper_get_path(io), core.io_wrapper_get_scheme(io), core.io_wrapper_get_options(io), core.io_wrapper_get_mode(io), core.io_wrapper_get_context(io)',
    ['/data/in', 'file', 0, 0, undefined],
  ],
  ['is_memory_based', 'core.io_wrapper_is_memory_based(io)', [0, undefined, 0]],
])('%s', async (_name, expression, results) => {
  expect(await opened(`return ${expression}`)).toEqual(results);
});

test.each(['open_memory', 'copy_memory'])('%s: bytes that can only be read', async (name) => {
  expect(
    await run(`
      local io = core.io_wrapper_${name}("abcdef", 4, 7)
      return io:read("*a"), io:write("x", 1), core.io_wrapper_is_memory_based(io)`),
  ).toEqual(['abcd', -1, 7, 'abcd', 4]);
});

test('path and scheme can be changed', async () => {
  expect(
    await opened(`
      core.io_wrapper_set_path(io, "/x") core.io_wrapper_set_scheme(io, "y") core.io_wrapper_set_context(io, core.dict_blank())
      return core.io_wrapper_get_path(io), core.io_wrapper_get_scheme(io), core.io_wrapper_get_context(io) ~= nil`),
  ).toEqual(['/x', 'y', true]);
});

test('a clone has a position of its own', async () => {
  expect(
    await opened(
      'io:read() local clone = core.io_wrapper_clone(io) return clone:read(), io:read(), clone:read(3)',
    ),
  ).toEqual(['two', 'two', '3.5']);
});

describe('references', () => {
  test('the last one closes it', async () => {
    expect(
      await opened(`
        core.io_wrapper_addref(io)
        core.io_wrapper_delref(io)
        return io:read()`),
    ).toEqual(['one']);
  });

  test.each(['delref', 'destroy', 'async_destroy', 'close', 'async_close'])('%s closes', async (name) => {
    await expect(opened(`core.io_wrapper_${name}(io) io:read()`)).rejects.toThrow(
      'the io object (/data/in) has been closed: production would use freed memory',
    );
    expect(mta).toHaveDiagnostic('BAD_ARGUMENT');
  });
});

test('what C would write into memory of the script is not simulated', async () => {
  await expect(opened('core.io_wrapper_read(io, "buffer", 6)')).rejects.toThrow('is not simulated');
  expect(mta).toHaveDiagnostic('NOT_SIMULATED');
});
