import { classKey } from './classes';
import { fieldType } from './ctypes';
import { keysOf, layers, lazy } from './data';
import type { StructField } from './types';

interface StructRow {
  readonly doc: string;
  /** Name → C type; in the overlay null drops a field that the page's flattening put in the wrong struct. */
  readonly fields: Readonly<Record<string, string | null>>;
}

const tables = layers<StructRow>('structs');
const cache = new Map<string, readonly StructField[]>();

function build(className: string): StructField[] {
  const { base, overlay } = tables();
  const [row, correction] = [base.get(className), overlay.get(className)];
  const doc = correction?.doc ?? row?.doc ?? '';
  const fields = Object.entries({ ...row?.fields, ...correction?.fields });
  return fields.flatMap(([name, ctype]) =>
    ctype === null ? [] : [{ class: className, name, ctype, type: fieldType(ctype), doc }],
  );
}

/** The fields of a class's C struct; empty when the struct is not documented. */
export function fieldsOf(className: string): readonly StructField[] {
  const key = classKey(className);
  const known = cache.get(key) ?? build(key);
  cache.set(key, known);
  return known;
}

/** Classes with a documented struct. */
export const structNames = lazy((): readonly string[] => keysOf(tables()));
