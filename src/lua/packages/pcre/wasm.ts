/** PCRE2 10.34 with 16-bit code units, compiled to WebAssembly: the package `@stephen-riley/pcre2-wasm`. */
import { readFileSync } from 'node:fs';

/** The C functions of the package; pointers and sizes are numbers. */
export interface PcreExports {
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  _compile(pattern: number, length: number, flags: number): number;
  _destroyCode(code: number): void;
  _lastErrorMessage(buffer: number, length: number): number;
  _lastErrorOffset(): number;
  _createMatchData(code: number): number;
  _destroyMatchData(matchData: number): void;
  _match(code: number, subject: number, length: number, start: number, matchData: number): number;
  _substitute(
    code: number,
    subject: number,
    length: number,
    start: number,
    matchData: number,
    options: number,
    replacement: number,
    replacementLength: number,
    output: number,
    outputLength: number,
  ): number;
  _getOvectorPointer(matchData: number): number;
  _getCaptureCount(code: number): number;
  _getMatchNameCount(code: number): number;
  _getMatchNameTable(code: number): number;
  _getMatchNameTableEntrySize(code: number): number;
  _version(buffer: number): number;
}

export interface Pcre {
  readonly c: PcreExports;
  readonly units: Uint16Array;
  readonly words: Int32Array;
}

/** What is used of the global `WebAssembly`, which the declarations of Node 20 lack. */
const { WebAssembly } = globalThis as unknown as {
  WebAssembly: {
    Memory: new (limits: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
    Table: new (limits: { initial: number; maximum: number; element: 'anyfunc' }) => object;
    Module: new (bytes: Uint8Array) => object;
    Instance: new (module: object, imports: Record<string, object>) => { readonly exports: unknown };
  };
};

const BINARY = '@stephen-riley/pcre2-wasm/dist/libpcre2.wasm';
const VERSION = '10.34';
const PAGES = 256;
/** Where this build keeps the end of its heap, and where the heap begins (behind static data and stack). */
const HEAP_END_POINTER = 117184;
const HEAP_START = 5360256;

let loaded: Pcre | undefined;

/**
 * The library, loaded when it is first asked for. The package's own JavaScript starts it asynchronously, for which a
 * `require` in a script cannot wait.
 */
export function pcre(): Pcre {
  return (loaded ??= load());
}

/** Abandons an instance that ended in the middle of something; the next call gets a new one. */
export function discard(): void {
  loaded = undefined;
}

function load(): Pcre {
  const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES });
  const bytes = new Uint8Array(memory.buffer);
  const abort = () => {
    throw new Error('PCRE2 ended abnormally');
  };
  const env = {
    memory,
    table: new WebAssembly.Table({ initial: 4, maximum: 4, element: 'anyfunc' }),
    __table_base: 0,
    abortStackOverflow: abort,
    nullFunc_vii: abort,
    nullFunc_iii: abort,
    _emscripten_get_heap_size: () => bytes.length,
    _emscripten_resize_heap: () => 0,
    _emscripten_memcpy_big: (to: number, from: number, length: number) => {
      bytes.copyWithin(to, from, from + length);
      return to;
    },
  };
  const words = new Int32Array(memory.buffer);
  words[HEAP_END_POINTER >> 2] = HEAP_START;
  const module = new WebAssembly.Module(readFileSync(require.resolve(BINARY)));
  const c = new WebAssembly.Instance(module, { env }).exports as PcreExports;
  return selfTest({ c, units: new Uint16Array(memory.buffer), words });
}

/** The addresses above belong to one build. */
function selfTest(library: Pcre): Pcre {
  const { c, units } = library;
  const buffer = c._malloc(128);
  c._version(buffer);
  const version = String.fromCharCode(...units.subarray(buffer >> 1, (buffer >> 1) + VERSION.length));
  c._free(buffer);
  if (version !== VERSION) throw new Error(`PCRE2 ${VERSION} expected in ${BINARY}, found ${version}`);
  return library;
}
