/** What a C function is to write through a pointer, among the arguments of a hook: `int *`, `ec_message **`. */
import type { HostCall, LuaValue, UserdataClass } from '../lua';
import { crash } from './binding';
import type { Runtime } from './runtime';

/** One place in C's memory: `rv[0]`, `rv:get()`, `rv[0] = 1`, `rv:set(1)`. */
export class OutputPointer {
  constructor(public value: LuaValue) {}
}

const classes = new WeakMap<Runtime, Map<string, UserdataClass<OutputPointer>>>();

/** Makes it visible to scripts; `ctype` is what C calls its type. */
export function bindOutput(runtime: Runtime, ctype: string, output: OutputPointer): OutputPointer {
  let made = classes.get(runtime);
  if (!made) classes.set(runtime, (made = new Map<string, UserdataClass<OutputPointer>>()));
  let cls = made.get(ctype);
  if (!cls) made.set(ctype, (cls = classFor(runtime, ctype)));
  runtime.vm.bind(output, cls);
  return output;
}

const pointer = (value: LuaValue) => value as OutputPointer;

function classFor(runtime: Runtime, ctype: string): UserdataClass<OutputPointer> {
  return {
    name: ctype,
    method(name) {
      if (name === 'get') return ([self]) => pointer(self).value;
      if (name !== 'set') return undefined;
      return ([self, value]) => {
        pointer(self).value = value;
        return undefined;
      };
    },
    get: (output, key, call) => (key === 0 ? output.value : outside(runtime, ctype, key, call)),
    set(output, key, value, call) {
      if (key === 0) output.value = value;
      else outside(runtime, ctype, key, call);
    },
  };
}

function outside(runtime: Runtime, ctype: string, key: LuaValue, call: HostCall): LuaValue {
  const text = `index ${String(key)} of an output pointer (${ctype}): there is one value, rv[0] or rv:get(). In production this is memory that belongs to something else, and the server may go down.`;
  crash(runtime, 'ARGV_RANGE', text, call);
  return undefined;
}
