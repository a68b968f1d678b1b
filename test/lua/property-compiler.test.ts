/** Whatever a valid program does, it ends with results or an error of Lua's: never with an exception of JavaScript's. */
import { LuaError, LuaLimitError, LuaVM, Source } from '../../src/lua';
import { wildProgram } from './property/wild';

const PROGRAMS = 2000;
const PER_TEST = 500;
const LIMITS = { instructions: 3000 };

type Outcome = 'result' | 'error';

/** Throws, with the program, what is no error of Lua's. */
function outcomeOf(seed: number): Outcome {
  const program = wildProgram(seed);
  const vm = new LuaVM({ limits: LIMITS });
  try {
    vm.callSync(vm.load(new Source('=wild', program)), [1, 'two', vm.newTable()]);
    return 'result';
  } catch (error) {
    if (!(error instanceof LuaError) || error.cause !== undefined)
      throw new Error(`seed ${seed}: ${String(error)}\n${program}`, { cause: error });
    return 'error';
  }
}

test.each(Array.from({ length: PROGRAMS / PER_TEST }, (_, i) => i * PER_TEST))(
  'programs from seed %i on',
  (first) => {
    const outcomes = Array.from({ length: PER_TEST }, (_, i) => outcomeOf(first + i));
    for (const kind of ['result', 'error'] as const)
      expect(outcomes.filter((outcome) => outcome === kind).length).toBeGreaterThan(PER_TEST / 10);
  },
);

test('a server goes on after programs that failed', () => {
  const vm = new LuaVM({ limits: LIMITS });
  const sum = vm.load(
    new Source('=sum', 'local s = 0 for i, v in ipairs({1, 2, 3}) do s = s + v end return s'),
  );
  for (let seed = 0; seed < 200; seed++) {
    try {
      vm.callSync(
        vm.load(new Source('=wild', `setfenv(1, {setmetatable = setmetatable}) ${wildProgram(seed)}`)),
      );
    } catch (error) {
      expect(error).toBeInstanceOf(LuaError);
    }
    expect(vm.callSync(sum)).toEqual([6]);
  }
});

test.each(['pcall(nil)', 'pcall(error, 1)', 'coroutine.wrap(function() pcall(error) end)()'])(
  'a limit ends a program in which an error was caught: %s',
  (caught) => {
    const vm = new LuaVM({ limits: LIMITS });
    const program = vm.load(new Source('=caught', `while true do ${caught} end`));
    expect(() => vm.callSync(program)).toThrow(LuaLimitError);
  },
);
