/** The package `curl` (4/lua/ref-curl-new, 4/lua/ref-curl-c-setopt and their neighbours). */
import { callerOf, LuaFunction, LuaRaise, type HostCall, type LuaValue } from '../lua';
import { NotSimulated } from '../support/errors';
import { percentDecode } from '../server/http/percent';
import type { ClassDeclaration } from './classes';
import { CurlHandle, type CurlValue } from './curl-handle';
import { infoOf } from './curl-info';
import { curlOption, isUnsimulated, type CurlOption, type CurlOptionKind } from './curl-options';
import { CurlTransfer, type TransferResult } from './curl-transfer';
import { chain } from './http-exchange';
import { bindObject } from './objects';
import type { ApiTable, Runtime } from './runtime';
import { text } from './values';

const easy: ClassDeclaration<CurlHandle> = { name: 'curl:easy' };

function open(value: LuaValue): CurlHandle {
  const handle = value as CurlHandle;
  if (handle.isClosed) throw new LuaRaise('attempt to use closed curl object');
  return handle;
}

const wrong = (expected: string) => new LuaRaise(`bad argument #2 to 'setopt' (${expected} expected)`);

const asText = (value: LuaValue): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? text(value) : undefined;

/** What is kept of the values of an option. Raises for values of another kind. */
const READERS: Readonly<Record<CurlOptionKind, (values: readonly LuaValue[]) => CurlValue>> = {
  callback: ([value]) => {
    if (value === undefined || value instanceof LuaFunction) return value;
    throw wrong('function');
  },
  data: ([value]) => value,
  list: (values) =>
    values
      .filter((value) => value !== undefined)
      .map((value) => {
        const line = asText(value);
        if (line === undefined) throw wrong('string');
        if (/[\r\n]/.test(line)) throw wrong('one line (a line break begins another header)');
        return line;
      }),
  string: ([value]) => asText(value),
  number: ([value]) => {
    const number = typeof value === 'number' ? value : Number(asText(value) ?? NaN);
    if (Number.isNaN(number)) throw wrong('number');
    return Math.trunc(number);
  },
  boolean: ([value]) => {
    if (typeof value === 'boolean') return value;
    throw wrong('boolean value');
  },
};

function setOption(runtime: Runtime, [target, number, ...values]: LuaValue[], call: HostCall): LuaValue {
  const handle = open(target);
  const option = curlOption(Math.trunc(Number(number)));
  if (values.length === 0) throw new LuaRaise("Invalid number of arguments 2 to `setopt' method");
  if (!option) throw new LuaRaise(`Not supported curl option ${Math.trunc(Number(number))}`);
  const value = READERS[option.kind](values);
  if (isUnsimulated(option, value)) refuse(runtime, option, call);
  handle.set(option.name, value);
  return true;
}

function refuse({ server }: Runtime, { name }: CurlOption, call: HostCall): never {
  const frames = callerOf(call.L);
  const message = `curl.OPT_${name} is part of Momentum's API and is not simulated: the request would go out without it. See 4/lua/ref-curl-c-setopt.`;
  server.report('NOT_SIMULATED', message, frames);
  throw new NotSimulated(`curl.OPT_${name}`, message, frames);
}

/** True, or nil with libcurl's text and code. */
const result = (error: TransferResult): LuaValue[] => (error ? [undefined, error.text, error.code] : [true]);

/** All but what needs no escape in a URL (RFC 3986, 2.3). */
const escape = (bytes: string) =>
  bytes.replace(
    /[^A-Za-z0-9._~-]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );

export const curl: ApiTable = {
  'curl.new': (runtime) => bindObject(runtime, easy, new CurlHandle()),
  'curl.escape': (_runtime, [string]) => escape(text(string)),
  'curl.unescape': (_runtime, [string]) => percentDecode(text(string)),

  'c:setopt': setOption,
  'c:perform': (runtime, [target], call) =>
    chain(new CurlTransfer(runtime, open(target), call).run(), result),
  'c:getinfo': (_runtime, [target, info]) => infoOf(open(target).info, info),
  'c:reset': (_runtime, [target]) => {
    open(target).reset();
    return undefined;
  },
  'c:close': (_runtime, [target]) => {
    const handle = target as CurlHandle;
    handle.reset();
    handle.isClosed = true;
    return undefined;
  },
};
