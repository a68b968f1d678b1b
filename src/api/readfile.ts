import { asSystemError, callerOf, NO_FILES, toDisplay, type HostCall, type LuaFiles } from '../lua';
import { NotSimulated } from '../support/errors';
import type { ApiTable, Runtime } from './runtime';
import { isResumable } from './sleep';
import { text } from './values';

const READ = { read: true, write: false, create: false, truncate: false, exclusive: false } as const;
const CHUNK = 64 * 1024;

/** The content of a file that scripts see. Throws errors with a `code`. */
export function contentOf(files: LuaFiles, name: string): Buffer {
  const file = files.open(name, READ);
  try {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for (let chunk = file.read(0, CHUNK); chunk.length > 0; chunk = file.read(length, CHUNK)) {
      chunks.push(chunk);
      length += chunk.length;
    }
    return Buffer.concat(chunks);
  } finally {
    file.close();
  }
}

/** The path that a URI of the I/O layer stands for, undefined when it is not one of a file. */
export function pathOfUri(uri: string): string | undefined {
  const [, scheme, rest = ''] = /^([a-z][a-z\d+.-]*):\/\/(.*)$/is.exec(uri) ?? [];
  if (scheme === undefined) return uri;
  return scheme.toLowerCase() === 'file' ? decodeURIComponent(rest) : undefined;
}

export const filesOf = ({ vm }: Runtime): LuaFiles => vm.options.files ?? NO_FILES;

function read(runtime: Runtime, name: string, path: string): (string | undefined)[] {
  try {
    return [contentOf(filesOf(runtime), path).toString('latin1')];
  } catch (error) {
    const failure = asSystemError(error);
    if (!failure) throw error;
    return [undefined, `${name}: ${failure.text}`];
  }
}

function notSimulated({ server }: Runtime, uri: string, call: HostCall): never {
  const frames = callerOf(call.L);
  const message = `msys.readfile reads files; the protocol of '${toDisplay(uri)}' is not simulated. Give the test a function of its own: mta.fake('msys.readfile', (uri) => content).`;
  server.report('NOT_SIMULATED', message, frames);
  throw new NotSimulated('msys.readfile', message, frames);
}

/** `msys.readfile` (4/lua/ref-msys-readfile): in a session a thread of the pool IO reads, and the session waits. */
export const readfile: ApiTable = {
  'msys.readfile': (runtime, [given], call) => {
    const name = text(given);
    const path = pathOfUri(name);
    if (path === undefined) return notSimulated(runtime, name, call);
    if (!isResumable(call)) return read(runtime, name, path);
    const pool = runtime.server.facilities.threadPools.find('IO')!;
    return pool.submit(() => Promise.resolve().then(() => read(runtime, name, path))).done;
  },
};
