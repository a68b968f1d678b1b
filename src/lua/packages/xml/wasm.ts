/** libxml2 compiled to WebAssembly: the package `libxml2-wasm`. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readBinary } from './binary';

/** The C functions that are used; pointers and sizes are numbers, NULL is 0. */
export interface XmlExports {
  malloc(bytes: number): number;
  free(pointer: number): void;
  xmlInitParser(): void;
  xmlNewParserCtxt(): number;
  xmlFreeParserCtxt(context: number): void;
  xmlCtxtReadMemory(
    context: number,
    buffer: number,
    length: number,
    url: number,
    encoding: number,
    options: number,
  ): number;
  xmlFreeDoc(document: number): void;
  xmlDocGetRootElement(document: number): number;
  xmlNewNode(namespace: number, name: number): number;
  xmlNewDocNode(document: number, namespace: number, name: number, content: number): number;
  xmlFreeNode(node: number): void;
  xmlAddChild(parent: number, node: number): number;
  xmlUnlinkNode(node: number): void;
  xmlNodeGetContent(node: number): number;
  xmlNodeSetContentLen(node: number, content: number, length: number): number;
  xmlHasNsProp(node: number, name: number, namespace: number): number;
  xmlSetNsProp(node: number, namespace: number, name: number, value: number): number;
  xmlNewNs(node: number, uri: number, prefix: number): number;
  xmlSetNs(node: number, namespace: number): void;
  xmlSearchNs(document: number, node: number, prefix: number): number;
  xmlSaveToIO(write: number, close: number, context: number, encoding: number, options: number): number;
  xmlSaveDoc(save: number, document: number): number;
  xmlSaveTree(save: number, node: number): number;
  xmlSaveClose(save: number): number;
  xmlXPathNewContext(document: number): number;
  xmlXPathSetContextNode(node: number, context: number): number;
  xmlXPathCtxtCompile(context: number, expression: number): number;
  xmlXPathCompiledEval(compiled: number, context: number): number;
  xmlXPathFreeCompExpr(compiled: number): void;
  xmlXPathFreeObject(result: number): void;
  xmlXPathFreeContext(context: number): void;
}

interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

interface FunctionTable {
  grow(count: number): number;
  set(index: number, f: unknown): void;
}

export interface Module {
  readonly c: XmlExports;
  readonly memory: Memory;
  /** Address, for C, of a function that hands its output to `onOutput`. */
  readonly writer: number;
}

/** What is used of the global `WebAssembly`, which the declarations of Node 20 lack. */
const { WebAssembly } = globalThis as unknown as {
  WebAssembly: {
    Module: new (bytes: Uint8Array) => object;
    Instance: new (module: object, imports: Record<string, object>) => { readonly exports: object };
  };
};

const SCRIPT = 'libxml2raw.mjs';
const PAGE = 65536;
/** The errno values of this build's C library, negative as system calls answer them. */
const EBADF = 8;
const ENOENT = 44;

let compiled: object | undefined;

/** A new instance. The package's own JavaScript is an ES module and starts asynchronously; neither suits `require`. */
export function instantiate(onOutput: (bytes: Buffer) => void): Module {
  const script = path.join(path.dirname(require.resolve('libxml2-wasm')), SCRIPT);
  compiled ??= new WebAssembly.Module(readBinary(readFileSync(script, 'utf8')));
  const instance = new WebAssembly.Instance(
    compiled,
    imports(() => memory),
  );
  const c = instance.exports as XmlExports & {
    readonly memory: Memory;
    readonly __indirect_function_table: FunctionTable;
    __wasm_call_ctors(): void;
  };
  const { memory, __indirect_function_table: table } = c;
  c.__wasm_call_ctors();
  c.xmlInitParser();
  const writer = table.grow(1);
  table.set(
    writer,
    callable((_context, pointer, length) => {
      onOutput(Buffer.from(Buffer.from(memory.buffer, pointer, length)));
      return length;
    }),
  );
  return { c, memory, writer };
}

/** A system without time, files and terminals: libxml2 prints its complaints, which scripts do not see. */
function imports(memory: () => Memory): Record<string, object> {
  const abort = () => {
    throw new Error('libxml2 ended abnormally');
  };
  return {
    env: {
      exit: abort,
      _abort_js: abort,
      emscripten_resize_heap: (size: number) => grow(memory(), size),
      emscripten_date_now: () => 0,
      _setitimer_js: () => 0,
      _emscripten_runtime_keepalive_clear: () => undefined,
      __syscall_openat: () => -ENOENT,
      __syscall_dup: () => -EBADF,
    },
    wasi_snapshot_preview1: {
      proc_exit: abort,
      fd_close: () => EBADF,
      fd_seek: () => EBADF,
      fd_read: () => EBADF,
      fd_write: (_fd: number, vectors: number, count: number, written: number) => {
        const words = new Int32Array(memory().buffer);
        let total = 0;
        for (let i = 0; i < count; i++) total += words[(vectors >> 2) + 2 * i + 1]!;
        words[written >> 2] = total;
        return 0;
      },
    },
  };
}

function grow(memory: Memory, size: number): number {
  try {
    memory.grow(Math.ceil((size - memory.buffer.byteLength) / PAGE));
    return 1;
  } catch {
    return 0;
  }
}

/** A module that imports a function of three numbers and exports it: only such a one can be put into the table. */
const TRAMPOLINE = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  // Type: (i32, i32, i32) -> i32.
  ...[0x01, 0x08, 0x01, 0x60, 0x03, 0x7f, 0x7f, 0x7f, 0x01, 0x7f],
  // Import: "e" "f".
  ...[0x02, 0x07, 0x01, 0x01, 0x65, 0x01, 0x66, 0x00, 0x00],
  // Export: "f".
  ...[0x07, 0x05, 0x01, 0x01, 0x66, 0x00, 0x00],
);

function callable(f: (a: number, b: number, c: number) => number): unknown {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(TRAMPOLINE), { e: { f } });
  return (instance.exports as { readonly f: unknown }).f;
}
