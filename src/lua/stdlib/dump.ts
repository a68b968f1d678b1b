/**
 * `string.dump`: a text that starts as the product's precompiled chunks do and names a compiled function.
 * Only the process that made it can load it; from anywhere else it is as unusable as another version's.
 */
import type { Proto } from '../compile/proto';

const SIGNATURE = '\x1bLuaQ';
const dumped: Proto[] = [];
const numbers = new Map<Proto, number>();

export function dumpProto(proto: Proto): string {
  let number = numbers.get(proto);
  if (number === undefined) {
    number = dumped.push(proto) - 1;
    numbers.set(proto, number);
  }
  return `${SIGNATURE}\0momentum-sim:${number}\0`;
}

export function isPrecompiled(chunk: string): boolean {
  return chunk.startsWith(SIGNATURE[0]!);
}

/** The function that a dump names, or undefined when it is none of this process's. */
export function undumpProto(chunk: string): Proto | undefined {
  const number = /^\x1bLuaQ\0momentum-sim:(\d+)\0$/.exec(chunk)?.[1];
  return number === undefined ? undefined : dumped[Number(number)];
}
