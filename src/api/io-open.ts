import { callerOf, type HostCall, type LuaValue, type OpenMode } from '../lua';
import { asSystemError } from '../lua/stdlib/system-errors';
import { byteString, shownText } from '../server/bytes';
import type { Dictionary } from '../server/http/dictionary';
import { NotSimulated } from '../support/errors';
import { IoObject } from './io-object';
import { bindIo } from './io-objects';
import type { Runtime } from './runtime';

/** Flags of `open(3)` with Linux's numbers, which the catalogue gives `msys.core.O_…` too. */
const FLAGS = { WRONLY: 1, RDWR: 2, CREAT: 0o100, EXCL: 0o200, TRUNC: 0o1000, APPEND: 0o2000 } as const;
const ACCESS = 3;

interface OpenRequest {
  readonly filename: string;
  readonly options: number;
  readonly mode: number;
  readonly context?: Dictionary;
}

/** `cluster` is an alias (4/modules/ec-logger). */
const JLOG_SCHEMES: readonly string[] = ['jlog', 'cluster'];

/**
 * A plain path, or one with the scheme `file`, is a file, `jlog://path=>subscriber` a journalled log; what other
 * schemes lead to is not simulated.
 */
export function open(runtime: Runtime, request: OpenRequest, call: HostCall): LuaValue {
  const [, scheme, path = ''] = /^(?:([A-Za-z][\w+.-]*):\/\/)?([^]*)$/.exec(request.filename)!;
  const access = accessOf(request.options);
  if (scheme !== undefined && JLOG_SCHEMES.includes(scheme) && access.write)
    return attempt(() => openJlog(runtime, scheme, path, request), undefined);
  if (scheme !== undefined && scheme !== 'file') return otherScheme(runtime, scheme, call);
  return attempt(() => {
    const file = runtime.vm.options.files?.open(path, access);
    if (!file) return undefined;
    const { options, mode, context } = request;
    return bindIo(runtime, new IoObject(file, access, { scheme: 'file', path, options, mode, context }));
  }, undefined);
}

/** The path is absolute however many slashes it begins with: `jlog://var/log/x` (4/modules/jlog). */
function openJlog(runtime: Runtime, scheme: string, location: string, request: OpenRequest): LuaValue {
  const [, name = '', subscriber] = /^\/*([^]*?)(?:=>([^]*))?$/.exec(shownText(location))!;
  if (name === '') return undefined;
  const path = `/${name}`;
  const file = runtime.server.jlogs.open(path, subscriber === '' ? undefined : subscriber);
  const { options, mode, context } = request;
  return bindIo(
    runtime,
    new IoObject(
      file,
      { read: false, write: true },
      { scheme, path: byteString(path), options, mode, context },
    ),
  );
}

/** Runs an operation; `failure` is the C function's result where the system refuses. Scripts cannot see errno. */
export function attempt(operation: () => LuaValue, failure: LuaValue): LuaValue {
  try {
    return operation();
  } catch (error) {
    if (!asSystemError(error)) throw error;
    return failure;
  }
}

function accessOf(options: number): OpenMode & { append: boolean } {
  const access = options & ACCESS;
  const has = (flag: number) => (options & flag) !== 0;
  return {
    read: access !== FLAGS.WRONLY,
    write: access === FLAGS.WRONLY || access === FLAGS.RDWR,
    create: has(FLAGS.CREAT),
    truncate: has(FLAGS.TRUNC),
    exclusive: has(FLAGS.EXCL),
    append: has(FLAGS.APPEND),
  };
}

function otherScheme(runtime: Runtime, scheme: string, call: HostCall): never {
  const frames = callerOf(call.L);
  const name = 'msys.core.io_wrapper_open';
  const text = `${name} of ${scheme}:// is not simulated: only files (a path, or file:// and a path) and the writing of jlog:// are. Give the test one of its own: mta.fake('${name}', (...args) => result).`;
  runtime.server.report('NOT_SIMULATED', text, frames);
  throw new NotSimulated(name, text, frames);
}
