import type { Choice } from './choice';
import type { Expressions } from './expressions';

/** Gives a table one metamethod and uses the table in ways that ask for it, or fail. */
export function metatableStatement(
  choice: Choice,
  e: Expressions,
  inFunction: (make: () => string, isVararg: boolean) => string,
): string {
  const event = choice.one([
    'add',
    'sub',
    'concat',
    'eq',
    'lt',
    'le',
    'unm',
    'call',
    'index',
    'newindex',
    'mod',
    'len',
  ]);
  const table = e.of('table', 2);
  const use = () =>
    choice.one([
      () => `emit(object + ${e.of('number', 2)}, 2 - object)`,
      () => `emit(object .. "s", 1 .. object .. 2)`,
      () => `emit(object == other, object ~= other, object < other, object >= other, object <= 1)`,
      () => `emit(-object, #object)`,
      () => `emit(object(${e.list(0, 2, 2)}))`,
      () => `object.fresh = ${e.of('number', 2)} emit(object.fresh, object.gone, rawget(object, "fresh"))`,
      () => `emit(object % 3, object.x, object[1], object:x())`,
    ])();
  const uses = inFunction(() => choice.list(1, 3, use).join('\n'), false);
  return [
    'do',
    `local meta = {__${event} = ${choice.chance(15) ? table : `function(...) trace('${event}', select('#', ...)) return ${inFunction(() => e.of(choice.one(['number', 'boolean']), 2), true)} end`}}`,
    `local object, other = setmetatable(${table}, meta), setmetatable({}, meta)`,
    `emit(pcall(function()`,
    uses,
    'end))',
    'end',
  ].join('\n');
}
