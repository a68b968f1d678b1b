/** 5.1's math library. */
import type { LuaState } from '../vm/fengari';
import { power } from '../vm/power';
import {
  argCount,
  badArgument,
  checkInt,
  checkNumber,
  libraryError,
  pushNumber,
  vmOf,
  type Library,
} from './args';
import { perVM } from './per-vm';

const RADIANS_PER_DEGREE = Math.PI / 180;

const unary =
  (apply: (x: number) => number): Library[string] =>
  (L) =>
    pushNumber(L, apply(checkNumber(L, 1)));

const binary =
  (apply: (x: number, y: number) => number): Library[string] =>
  (L) => {
    const x = checkNumber(L, 1);
    return pushNumber(L, apply(x, checkNumber(L, 2)));
  };

/** The largest or smallest argument: `wins` tells whether a later one replaces the best so far. */
const best =
  (wins: (candidate: number, best: number) => boolean): Library[string] =>
  (L) => {
    let result = checkNumber(L, 1);
    for (let i = 2; i <= argCount(L); i++) {
      const candidate = checkNumber(L, i);
      if (wins(candidate, result)) result = candidate;
    }
    return pushNumber(L, result);
  };

/** Mantissa from 0.5 to 1 and the power of two. */
function frexp(L: LuaState): number {
  const x = checkNumber(L, 1);
  let exponent = 0;
  let mantissa = x;
  if (x !== 0 && Number.isFinite(x)) {
    exponent = Math.max(-1023, Math.floor(Math.log2(Math.abs(x))) + 1);
    mantissa = x * 2 ** -exponent;
    for (; Math.abs(mantissa) < 0.5; exponent--) mantissa *= 2;
    for (; Math.abs(mantissa) >= 1; exponent++) mantissa /= 2;
  }
  pushNumber(L, mantissa);
  return 1 + pushNumber(L, exponent);
}

function ldexp(L: LuaState): number {
  const x = checkNumber(L, 1);
  const exponent = Math.max(-2200, Math.min(checkInt(L, 2), 2200));
  // In steps, because the factor alone may be out of range where the product is not.
  const third = Math.trunc(exponent / 3);
  return pushNumber(L, x * 2 ** third * 2 ** third * 2 ** (exponent - 2 * third));
}

/** Integral part and fraction, both with the sign of the number, zeros too. */
function modf(L: LuaState): number {
  const x = checkNumber(L, 1);
  const isInfinite = Math.abs(x) === Infinity;
  pushNumber(L, Math.trunc(x));
  return 1 + pushNumber(L, isInfinite ? 1 / x : x % 1);
}

// Random numbers

/** A generator of numbers from 0 to 1 (mulberry32), so that a script's runs repeat. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Where a VM's numbers come from: the host, or what the script seeded last. */
const source = perVM((L) => ({ next: vmOf(L).options.random ?? generator(0) }));

function random(L: LuaState): number {
  const count = argCount(L);
  if (count > 2) libraryError(L, 'wrong number of arguments');
  const drawn = source(L).next();
  if (count === 0) return pushNumber(L, drawn);
  const low = count === 1 ? 1 : checkInt(L, 1);
  const high = checkInt(L, count);
  if (low > high) badArgument(L, count, 'interval is empty');
  return pushNumber(L, low + Math.floor(drawn * (high - low + 1)));
}

function randomseed(L: LuaState): number {
  source(L).next = generator(checkInt(L, 1));
  return 0;
}

const fmod = binary((x, y) => x % y);

export const math = {
  huge: Infinity,
  pi: Math.PI,
  abs: unary(Math.abs),
  acos: unary(Math.acos),
  asin: unary(Math.asin),
  atan: unary(Math.atan),
  atan2: binary(Math.atan2),
  ceil: unary(Math.ceil),
  cos: unary(Math.cos),
  cosh: unary(Math.cosh),
  deg: unary((x) => x / RADIANS_PER_DEGREE),
  exp: unary(Math.exp),
  floor: unary(Math.floor),
  fmod,
  frexp,
  ldexp,
  log: unary(Math.log),
  log10: unary(Math.log10),
  max: best((candidate, largest) => candidate > largest),
  min: best((candidate, smallest) => candidate < smallest),
  mod: fmod,
  modf,
  pow: binary(power),
  rad: unary((x) => x * RADIANS_PER_DEGREE),
  random,
  randomseed,
  sin: unary(Math.sin),
  sinh: unary(Math.sinh),
  sqrt: unary(Math.sqrt),
  tan: unary(Math.tan),
  tanh: unary(Math.tanh),
};
