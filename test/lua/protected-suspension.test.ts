import { LuaError, type LuaOptions } from '../../src/lua';
import { later, lua } from './support';

describe('onSuspendInProtectedCall', () => {
  const told = (source: string): Promise<number[][]> => {
    const lines: number[][] = [];
    const onSuspendInProtectedCall: LuaOptions['onSuspendInProtectedCall'] = (frames) =>
      lines.push(frames.filter(({ kind }) => kind !== 'host').map(({ line }) => line));
    const { runAsync } = lua({ wait: () => later(1) }, { onSuspendInProtectedCall });
    return runAsync(source).then(() => lines);
  };

  test.each<[where: string, source: string, lines: number[][]]>([
    ['a plain call', 'wait()', []],
    ['a call after pcall', 'pcall(type, 1) wait()', []],
    ['a coroutine', 'coroutine.wrap(function() wait() end)()', []],
    ['pcall', 'pcall(function()\nwait()\nend)', [[2, 1]]],
    ['pcall of the call itself', 'pcall(wait)', [[1]]],
    ['xpcall', 'xpcall(function()\n\nwait()\nend, print)', [[3, 1]]],
    [
      'two waits',
      'pcall(function()\nwait()\nwait()\nend)',
      [
        [2, 1],
        [3, 1],
      ],
    ],
    ['nested pcalls tell once', 'pcall(pcall, pcall, wait)', [[1]]],
    ['pcall in a coroutine', 'coroutine.wrap(function()\npcall(wait)\nend)()', [[2]]],
    ['a coroutine in pcall', 'pcall(function()\ncoroutine.wrap(function()\nwait() end)()\nend)', [[2, 1]]],
  ])('%s', async (_, source, lines) => {
    expect(await told(source)).toEqual(lines);
  });
});

describe('onHostError', () => {
  const record = () => {
    const seen: [unknown, number | undefined][] = [];
    const cause = new TypeError('out of paper');
    const functions = {
      fail: () => {
        throw cause;
      },
      failLater: () => Promise.reject(cause),
      failPlainly: () => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- fakes throw what they like
        throw 'a text';
      },
    };
    const onHostError: LuaOptions['onHostError'] = (error, frames) => seen.push([error, frames[0]?.line]);
    return { ...lua(functions, { onHostError }), seen, cause };
  };

  test.each<[where: string, source: string]>([
    ['under pcall', '\nreturn pcall(function() fail() end)'],
    ['in a promise under pcall', '\nreturn pcall(function() failLater() end)'],
    ['in a coroutine', '\nreturn coroutine.resume(coroutine.create(function() fail() end))'],
  ])('is told once, and the script sees a text: %s', async (_, source) => {
    const { runAsync, seen, cause } = record();
    await expect(runAsync(source)).resolves.toEqual([false, 'test:2: out of paper']);
    expect(seen).toEqual([[cause, 2]]);
  });

  test('the cause leads to the exception', async () => {
    const { runAsync, seen, cause } = record();
    const error = await runAsync('\n\nfail()').catch((error: unknown) => error as LuaError);
    expect(error).toBeInstanceOf(LuaError);
    expect(error).toMatchObject({ luaMessage: 'test:3: out of paper', cause });
    expect(seen).toHaveLength(1);
  });

  test('what is thrown need not be an Error', async () => {
    const { runAsync, seen } = record();
    await expect(runAsync('return pcall(failPlainly)')).resolves.toEqual([false, 'a text']);
    expect(seen.map(([error]) => error)).toEqual(['a text']);
  });

  test('errors of scripts are none', async () => {
    const { runAsync, seen } = record();
    await runAsync('pcall(error, "x") pcall(function() local t = nil + 1 end) pcall(string.rep)');
    expect(seen).toEqual([]);
  });
});
