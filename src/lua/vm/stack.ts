/** The call stack as 5.1 tells it: levels, function names, tracebacks; and as frames for JavaScript. */
import { Op } from '../compile/opcodes';
import type { OperandName, Proto } from '../compile/proto';
import type { LuaFrame } from '../../support/frames';
import { chunkId, toDisplay } from '../syntax/source';
import { T, textOf, type CallInfo, type LClosure, type LuaState, type TValue } from './fengari';
import { isLua, protoOf } from './raise';

/** A level of the stack; `tail` stands for a call that a tail call replaced. */
export interface Level {
  readonly ci: CallInfo;
  readonly tail: boolean;
}

/** Levels from the running function (0) outwards. */
export function* levels(L: LuaState): Generator<Level> {
  for (let { ci } = L; ci !== L.base_ci; ci = ci.previous) {
    yield { ci, tail: false };
    if (isLua(ci)) for (let i = 0; i < ci.tailCalls; i++) yield { ci, tail: true };
  }
}

export function levelAt(L: LuaState, level: number): Level | undefined {
  let left = level;
  if (left < 0) return undefined;
  for (const found of levels(L)) if (left-- === 0) return found;
  return undefined;
}

/** The function value a frame runs (a yielded frame keeps it elsewhere). */
export function functionOf(ci: CallInfo): TValue {
  return ci.func;
}

/** 5.1's line of a Lua level, -1 otherwise. */
export function currentLine({ ci, tail }: Level): number {
  return tail || !isLua(ci) ? -1 : protoOf(ci).lineinfo[ci.l_savedpc - 1]!;
}

/** How the caller of a frame refers to its function. */
export function functionName(L: LuaState, { ci, tail }: Level): OperandName | undefined {
  if (tail || (isLua(ci) && ci.tailCalls > 0) || ci === L.base_ci) return undefined;
  const caller = ci.previous;
  if (caller === L.base_ci || !isLua(caller)) return undefined;
  const pc = caller.l_savedpc - 1;
  const op = caller.l_code[pc << 2];
  if (op !== Op.Call && op !== Op.TailCall && op !== Op.IterCall) return undefined;
  return protoOf(caller).operandNames.get(pc)?.[0];
}

/** `file:line: ` of a level, or '' where Lua knows no line (luaL_where). */
export function where(L: LuaState, level: number): string {
  const found = levelAt(L, level);
  if (!found || found.tail || !isLua(found.ci)) return '';
  const proto = protoOf(found.ci);
  return `${chunkId(textOf(proto.source))}:${currentLine(found)}: `;
}

/** Of a long stack, levels below this one are shown, and as many of the last ones as `LAST` says. */
const FIRST = 12;
const LAST = 10;

/** 5.1's traceback of a thread from `level` on. */
export function traceback(L: LuaState, message: string | undefined, level: number): string {
  const all = [...levels(L)];
  const show = (some: Level[]) => some.map((found) => `\n\t${describe(L, found)}`).join('');
  const from = Math.max(level, 0);
  const cut = Math.max(from, FIRST);
  const isLong = all.length > cut + 1 + LAST;
  const rows = isLong
    ? `${show(all.slice(from, cut))}\n\t...${show(all.slice(-LAST))}`
    : show(all.slice(from));
  return `${message === undefined ? '' : `${message}\n`}stack traceback:${rows}`;
}

function describe(L: LuaState, level: Level): string {
  if (level.tail) return '(tail call): ?';
  const name = functionName(L, level);
  const { ci } = level;
  if (!isLua(ci)) return name ? `[C]: in function '${name.name}'` : '[C]: ?';
  const proto = protoOf(ci);
  const place = `${chunkId(textOf(proto.source))}:`;
  const called = name
    ? `function '${name.name}'`
    : proto.linedefined === 0
      ? 'main chunk'
      : `function <${place}${proto.linedefined}>`;
  return `${place}${currentLine(level)}: in ${called}`;
}

/** The Lua frames of a thread, innermost first, with columns. */
export function framesOf(L: LuaState): LuaFrame[] {
  const frames: LuaFrame[] = [];
  for (const level of levels(L)) {
    if (level.tail) continue;
    const { ci } = level;
    const name = functionName(L, level)?.name;
    if (!isLua(ci)) {
      frames.push({ name: toDisplay(name ?? '?'), file: '[C]', line: 0, column: 0, kind: 'host' });
      continue;
    }
    const proto = protoOf(ci);
    const at = (ci.l_savedpc - 1) * 2;
    const position = { line: proto.positions[at]!, column: proto.positions[at + 1]! };
    const isMain = proto.linedefined === 0;
    frames.push({
      name: isMain ? 'main chunk' : toDisplay(name ?? proto.name ?? '?'),
      file: proto.origin.path ?? chunkId(textOf(proto.source)),
      line: position.line,
      column: proto.origin.displayColumn(position),
      kind: isMain ? 'main' : 'lua',
    });
  }
  return frames;
}

/** The excerpt of the source around the innermost Lua frame of a thread, '' when there is none. */
export function excerptOf(L: LuaState): string {
  for (const { ci, tail } of levels(L)) {
    if (tail || !isLua(ci)) continue;
    const proto = protoOf(ci);
    const at = (ci.l_savedpc - 1) * 2;
    return proto.origin.excerpt({ line: proto.positions[at]!, column: proto.positions[at + 1]! });
  }
  return '';
}

export function isFunction(value: TValue): boolean {
  return (value.type & 15) === (T.luaFunction & 15);
}

/** The Lua frames of whoever called the running host function. */
export function callerOf(L: LuaState): LuaFrame[] {
  return framesOf(L).slice(1);
}

/** File and line of the Lua code that called the running host function. */
export function callerPlace(L: LuaState): { file: string; line: number } | undefined {
  for (const { ci, tail } of levels(L)) {
    if (tail || !isLua(ci)) continue;
    const proto = protoOf(ci);
    const file = proto.origin.path ?? chunkId(textOf(proto.source));
    return { file, line: proto.positions[(ci.l_savedpc - 1) * 2]! };
  }
  return undefined;
}

/** Where a Lua function is defined, with an excerpt; undefined for a function of the host. */
export function definitionOf(f: TValue): (LuaFrame & { readonly excerpt: string }) | undefined {
  if (f.type !== T.luaFunction) return undefined;
  const proto = (f.value as LClosure).p as Proto;
  const line = Math.max(proto.linedefined, 1);
  return {
    name: toDisplay(proto.name ?? '?'),
    file: proto.origin.path ?? chunkId(textOf(proto.source)),
    line,
    column: 1,
    kind: proto.linedefined === 0 ? 'main' : 'lua',
    excerpt: proto.origin.excerpt({ line, column: 1 }),
  };
}
