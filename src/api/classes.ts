/** Makes userdata classes from the catalogue: methods by name, fields by declaration, everything else an error. */
import { catalogue } from '../catalogue';
import { callerOf, toDisplay, type HostCall, type LuaValue, type UserdataClass } from '../lua';
import { NotSimulated, UnknownApi } from '../support/errors';
import { bind } from './binding';
import type { Runtime } from './runtime';

export interface ClassDeclaration<O extends object> {
  /** As `msys.type` names it. */
  readonly name: string;
  /** Fields a script may read, of those that the product's struct has. */
  readonly fields?: Readonly<Record<string, (object: O, runtime: Runtime) => LuaValue>>;
  /** Those of them that a script may assign. */
  readonly assign?: Readonly<Record<string, (object: O, value: LuaValue, runtime: Runtime) => void>>;
  /** Replaces the lookup of fields: arrays and the like. */
  readonly index?: (object: O, key: LuaValue, runtime: Runtime, call: HostCall) => LuaValue;
  readonly tostring?: (object: O) => string;
  /** What `..` makes of two operands, one of which is an object of the class. */
  readonly concat?: (left: LuaValue, right: LuaValue) => string;
  /** What `#` answers. */
  readonly length?: (object: O) => number;
}

/** The class of a declaration for one generation. */
export function makeClass<O extends object>(
  runtime: Runtime,
  { name, fields = {}, assign = {}, index, tostring, concat, length }: ClassDeclaration<O>,
): UserdataClass<O> {
  return {
    name,
    tostring,
    concat,
    length,
    method: (key) => {
      const entry = catalogue.method(name, key);
      return entry && bind(runtime, entry, runtime.implementations[entry.name]);
    },
    get(object, key, call) {
      if (index) return index(object, key, runtime, call);
      const field = typeof key === 'string' && Object.hasOwn(fields, key) ? fields[key] : undefined;
      return field ? field(object, runtime) : missing(runtime, name, key, call);
    },
    set(object, key, value, call) {
      const setter = typeof key === 'string' && Object.hasOwn(assign, key) ? assign[key] : undefined;
      if (setter) {
        setter(object, value, runtime);
        return;
      }
      const isKnown = typeof key === 'string' && (Object.hasOwn(fields, key) || catalogue.field(name, key));
      if (isKnown) unassignable(runtime, name, key, call);
      else missing(runtime, name, key, call);
    },
  };
}

function unassignable(runtime: Runtime, className: string, key: string, call: HostCall): never {
  const frames = callerOf(call.L);
  const doc = catalogue.field(className, key)?.doc;
  const see = doc === undefined ? '' : ` See ${doc}.`;
  const text = `field '${key}' of ${className} can be read; assigning it is not simulated.${see}`;
  runtime.server.report('NOT_SIMULATED', text, frames);
  throw new NotSimulated(`${className}.${key}`, text, frames);
}

function missing(runtime: Runtime, className: string, key: LuaValue, call: HostCall): LuaValue {
  const frames = callerOf(call.L);
  const member = toDisplay(String(key));
  const field = typeof key === 'string' ? catalogue.field(className, key) : undefined;
  if (field) {
    const text = `field '${member}' of ${className} (${field.ctype}) is part of Momentum's API and is not simulated. See ${field.doc}.`;
    runtime.server.report('NOT_SIMULATED', text, frames);
    throw new NotSimulated(`${className}.${member}`, text, frames);
  }
  const candidates = [
    ...catalogue.methods(className).map((method) => method.member),
    ...catalogue.fields(className).map(({ name }) => name),
  ];
  const nearest = catalogue.nearest(member, candidates);
  const text = `${className} has no method or field '${member}'${nearest ? `; did you mean '${nearest}'?` : '.'} In production it is nil, and using it fails.`;
  if (runtime.server.report('UNKNOWN_API', text, frames))
    throw new UnknownApi(`${className}.${member}`, nearest, text, frames);
  return undefined;
}
