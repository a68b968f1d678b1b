import { LuaRaise, toDisplay, type LuaTable, type LuaValue } from '../lua';
import { Counter, type CounterSemantics } from '../server/counters';
import type { ClassDeclaration } from './classes';
import { bindObject } from './objects';
import type { ApiImplementation, ApiTable, Runtime } from './runtime';
import { text } from './values';

export const counterClass: ClassDeclaration<Counter> = {
  name: 'msys.counter:counter',
  tostring: ({ path }) => `msys.counter:counter ${path}`,
};

function pathOf(value: LuaValue, member: string): string {
  const path = toDisplay(text(value));
  if (path === '') throw new LuaRaise(`bad argument #1 to '${member}' (the path of a counter expected)`);
  return path;
}

function semanticsOf({ vm }: Runtime, value: LuaValue): CounterSemantics {
  if (value === undefined) return 'strict';
  const namespace = (vm.globals.index('msys') as LuaTable).index('counter') as LuaTable;
  if (value === namespace.index('STRICT')) return 'strict';
  if (value === namespace.index('RELAXED')) return 'relaxed';
  throw new LuaRaise("bad argument #2 to 'open' (msys.counter.STRICT or msys.counter.RELAXED expected)");
}

/** Changes a counter by its handle or its path; a path without a counter gets one. */
const change =
  (member: string, effect: (counter: Counter, args: LuaValue[]) => void): ApiImplementation =>
  ({ server }, [target, ...args]) => {
    const counter =
      target instanceof Counter ? target : server.facilities.counters.openCached(pathOf(target, member));
    effect(counter, args);
    return undefined;
  };

/** `msys.counter` (4/lua/ref-msys-counter-open and its neighbours). */
export const counter: ApiTable = {
  'msys.counter.open': (runtime, [path, semantics]) => {
    const { counters } = runtime.server.facilities;
    const opened = counters.openCached(pathOf(path, 'open'), semanticsOf(runtime, semantics));
    return bindObject(runtime, counterClass, opened);
  },
  'msys.counter.add': change('add', (counter, [delta]) => counter.add(Number(delta))),
  'msys.counter.inc': change('inc', (counter) => counter.add(1)),
  'msys.counter.reset': change('reset', (counter) => counter.reset()),
  // A path without a counter reads as one that nothing was counted in.
  'msys.counter.read': ({ server }, [target]) =>
    (target instanceof Counter ? target : server.facilities.counters.findCached(pathOf(target, 'read')))
      ?.value ?? 0,
  'msys.counter.unlink': ({ server }, [path]) => {
    server.facilities.counters.unlink(pathOf(path, 'unlink'));
    return undefined;
  },
};
