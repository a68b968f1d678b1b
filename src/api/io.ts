import { LuaRaise, type HostCall, type HostResult, type LuaValue } from '../lua';
import { asSystemError } from '../lua/stdlib/system-errors';
import type { Dictionary } from '../server/http/dictionary';
import { MemoryFile } from '../server/io/memory-file';
import { dictionary } from './dictionary';
import { format } from './format';
import { IoObject } from './io-object';
import { bindIo } from './io-objects';
import { attempt, open } from './io-open';
import { misuse } from './misuse';
import { bindObject } from './objects';
import type { ApiImplementation, ApiTable, Runtime } from './runtime';
import { counted, text } from './values';

const READ_ONLY = { read: true, write: false };
const FAILED = -1;
const ORIGINS = ['set', 'cur', 'end'] as const;

/** A function of an io object, which must be open: in production a closed one is freed memory. */
const onOpen =
  (implementation: (io: IoObject, args: LuaValue[], runtime: Runtime) => HostResult): ApiImplementation =>
  (runtime, [io, ...args], call) =>
    implementation(checkOpen(runtime, io as IoObject, call), args, runtime);

export function checkOpen(runtime: Runtime, io: IoObject, call: HostCall): IoObject {
  if (!io.isClosed) return io;
  const name = io.path === undefined ? '' : ` (${io.path})`;
  return misuse(
    runtime,
    'BAD_ARGUMENT',
    `the io object${name} has been closed: production would use freed memory`,
    call,
  );
}

type Reader = (io: IoObject) => LuaValue;

/** What `io.read` of "The Simple I/O Model" takes, to which 4/lua/ref-msys-core-io-wrapper-open refers. */
const READERS: readonly (readonly [format: RegExp, Reader])[] = [
  [/^\*?a/, (io) => io.read(Infinity) ?? ''],
  [/^\*?l/, (io) => io.readLine()],
  [/^\*?n/, (io) => io.readNumber()],
];

/** One result for each format, nil at the end; where the system refuses nil, its text and number, as in Lua. */
function read(io: IoObject, formats: LuaValue[]): LuaValue[] {
  try {
    return readFormats(io, formats.length > 0 ? formats : ['*l']);
  } catch (error) {
    const refused = asSystemError(error);
    if (!refused) throw error;
    return [undefined, refused.text, refused.number];
  }
}

function readFormats(io: IoObject, formats: readonly LuaValue[]): LuaValue[] {
  const results: LuaValue[] = [];
  for (const [i, wanted] of formats.entries()) {
    const reader = READERS.find(([pattern]) => typeof wanted === 'string' && pattern.test(wanted))?.[1];
    if (!reader && !(Number(wanted) >= 0))
      throw new LuaRaise(`bad argument #${i + 1} to 'read' (invalid format)`);
    const result = reader ? reader(io) : io.read(Math.trunc(Number(wanted)));
    results.push(result);
    if (result === undefined) break;
  }
  return results;
}

const write = onOpen((io, [bytes, length]) =>
  attempt(() => io.write(counted('write', bytes, length)), FAILED),
);

const seek = onOpen((io, [offset, whence]) => {
  const origin = ORIGINS[Number(whence)];
  return origin ? attempt(() => io.seek(origin, Math.trunc(Number(offset))), FAILED) : FAILED;
});

const release = onOpen((io) => {
  io.dropReference();
  return undefined;
});

/** A copy of memory, or a view of it, which for Lua's strings are the same. */
const memory =
  (name: string): ApiImplementation =>
  (runtime, [blob, length, type]) => {
    const bytes = Buffer.from(counted(name, blob, length), 'latin1');
    return bindIo(
      runtime,
      new IoObject(new MemoryFile(bytes, true), READ_ONLY, { memoryType: Number(type) }),
    );
  };

/** `msys.core.io_wrapper_*` and the methods of io objects (3/3-api/io-wrapper). */
export const ioObjects: ApiTable = {
  'msys.core.io_wrapper_open': (runtime, [filename, options, mode], call) =>
    open(runtime, { filename: text(filename), options: Number(options), mode: Number(mode) }, call),
  'msys.core.io_wrapper_open2': (runtime, [filename, options, mode, context], call) => {
    const request = { filename: text(filename), options: Number(options), mode: Number(mode) };
    return open(runtime, { ...request, context: context as Dictionary }, call);
  },
  'msys.core.io_wrapper_open_memory': memory('io_wrapper_open_memory'),
  'msys.core.io_wrapper_copy_memory': memory('io_wrapper_copy_memory'),
  'msys.core.io_wrapper_open_tmpspool': (runtime) =>
    attempt(() => {
      const file = runtime.vm.options.files?.temporaryFile();
      return file && bindIo(runtime, new IoObject(file, { read: true, write: true }));
    }, undefined),

  'io_object:write': write,
  'io_object:read': onOpen(read),
  'io_object:lines': onOpen((io, _args, { vm }) =>
    vm.hostFunction(() => attempt(() => io.readLine(), undefined)),
  ),

  'msys.core.io_wrapper_printf': onOpen((io, formatted, { vm }) =>
    attempt(() => io.write(format(vm, formatted)), FAILED),
  ),
  'msys.core.io_wrapper_lseek': seek,
  'msys.core.io_wrapper_supports_lseek': onOpen((io) => (io.isSeekable ? 1 : 0)),
  'msys.core.io_wrapper_flush': onOpen(() => 0),
  'msys.core.io_wrapper_clone': onOpen((io, _args, runtime) => bindIo(runtime, io.clone())),

  'msys.core.io_wrapper_addref': onOpen((io) => {
    io.addReference();
    return undefined;
  }),
  'msys.core.io_wrapper_delref': release,
  'msys.core.io_wrapper_destroy': release,
  'msys.core.io_wrapper_async_destroy': release,
  'msys.core.io_wrapper_close': onOpen((io) => {
    io.close();
    return 0;
  }),
  'msys.core.io_wrapper_async_close': onOpen((io) => {
    io.close();
    return undefined;
  }),

  'msys.core.io_wrapper_get_mode': onOpen((io) => io.mode),
  'msys.core.io_wrapper_get_options': onOpen((io) => io.options),
  'msys.core.io_wrapper_get_path': onOpen((io) => io.path),
  'msys.core.io_wrapper_set_path': onOpen((io, [path]) => {
    io.path = text(path);
    return undefined;
  }),
  'msys.core.io_wrapper_get_scheme': onOpen((io) => io.scheme),
  'msys.core.io_wrapper_set_scheme': onOpen((io, [scheme]) => {
    io.scheme = text(scheme);
    return undefined;
  }),
  'msys.core.io_wrapper_get_context': onOpen(
    (io, _args, runtime) => io.context && bindObject(runtime, dictionary, io.context),
  ),
  'msys.core.io_wrapper_set_context': onOpen((io, [context]) => {
    io.context = context as Dictionary;
    return undefined;
  }),
  'msys.core.io_wrapper_is_memory_based': onOpen((io) => {
    if (io.memoryType === 0) return [0, undefined, 0];
    const bytes = Buffer.from(io.file.read(0, io.file.size())).toString('latin1');
    return [io.memoryType, bytes, bytes.length];
  }),
};
