import { LuaError, type LuaTable, type UserdataClass } from '../../src/lua';
import { lua, thrownBy } from './support';

describe('classes of userdata', () => {
  interface Point {
    x: number;
  }
  const POINT: UserdataClass<Point> = {
    name: 'test:_point',
    method: (name) => (name === 'add' ? ([self, n]) => (self as Point).x + (n as number) : undefined),
    get: (point, key) => {
      if (key === 'x') return point.x;
      throw new Error(`no field ${String(key)}`);
    },
    set: (point, _, value) => {
      point.x = value as number;
    },
    tostring: (point) => `point ${point.x}`,
    length: () => 7,
  };

  test('have methods, fields, a text and a length', () => {
    const { run, vm } = lua();
    const point = vm.bind({ x: 1 }, POINT);
    expect(
      run('local p = ... p.x = p.x + 4 return p.x, p:add(10), tostring(p), #p, type(p), p', point),
    ).toEqual([5, 15, 'point 5', 7, 'userdata', point]);
    expect(run('local a, b, c = ... return a == b, a == c', point, point, vm.bind({ x: 5 }, POINT))).toEqual([
      true,
      false,
    ]);
    expect(vm.classOf(point)).toBe('test:_point');
  });

  test('errors of a class are errors of the script, with the cause', () => {
    const { run, vm } = lua();
    const point = vm.bind({ x: 1 }, POINT);
    expect(run('return pcall(function(p) return p.y end, ...)', point)).toEqual([
      false,
      expect.stringContaining('no field y'),
    ]);
    const error = thrownBy(() => run('local p = ...\nreturn p.nope', point)) as LuaError;
    expect(error).toBeInstanceOf(LuaError);
    expect(error.frames.at(-1)).toMatchObject({ kind: 'main', line: 2 });
  });
});

describe('errors', () => {
  test('carry the value, frames with columns, the traceback and the source', () => {
    const { run } = lua();
    const source =
      'local function inner(t)\n  return t.a.b\nend\nlocal function outer()\n  local r = inner({})\n  return r\nend\nouter()';
    const error = thrownBy(() => run(source)) as LuaError;
    expect(error.luaMessage).toBe("test:2: attempt to index field 'a' (a nil value)");
    expect(error.frames.map(({ name, line, kind }) => [name, line, kind])).toEqual([
      ['inner', 2, 'lua'],
      ['outer', 5, 'lua'],
      ['main chunk', 8, 'main'],
    ]);
    expect(error.frames[0]!.column).toBeGreaterThan(1);
    expect(error.traceback).toBe(
      "test:2: attempt to index field 'a' (a nil value)\nstack traceback:\n\ttest:2: in function 'inner'\n\ttest:5: in function 'outer'\n\ttest:8: in main chunk",
    );
    expect(error.excerpt).toContain('> 2 |   return t.a.b');
    expect(error.stack).toContain('at inner (test:2:');
  });

  test('keep a raised table', () => {
    const error = thrownBy(() => lua().run('error({ code = 421 })')) as LuaError;
    expect((error.value as LuaTable).get('code')).toBe(421);
    expect(error.luaMessage).toBe('(error object is a table value)');
  });

  test('of the host are caught by pcall, or keep their cause', () => {
    const cause = new RangeError('out of paper');
    const { run } = lua({
      fail: () => {
        throw cause;
      },
    });
    expect(run('return pcall(function() fail() end)')).toEqual([false, 'test:1: out of paper']);
    const error = thrownBy(() => run('\nfail()')) as LuaError;
    expect([error.luaMessage, error.cause]).toEqual(['test:2: out of paper', cause]);
  });

  test('that the host calls fatal pass every pcall as they are', () => {
    class Crash extends Error {}
    const { run } = lua(
      {
        crash: () => {
          throw new Crash();
        },
      },
      { isFatal: (error) => error instanceof Crash },
    );
    const source = 'pcall(function() coroutine.wrap(function() pcall(crash) end)() end) return "survived"';
    expect(thrownBy(() => run(source))).toBeInstanceOf(Crash);
    expect(run('return 1')).toEqual([1]);
  });
});
