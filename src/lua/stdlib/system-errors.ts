/** Failures of the system as C's library reports them: Linux's numbers and texts. */
import type { LuaState } from '../vm/fengari';
import { raiseHostError } from '../vm/host';
import { pushNil, pushNumber, pushText } from './args';

export interface SystemError {
  readonly number: number;
  readonly text: string;
}

const ERRORS: Readonly<Record<string, readonly [number: number, text: string]>> = {
  EPERM: [1, 'Operation not permitted'],
  ENOENT: [2, 'No such file or directory'],
  EIO: [5, 'Input/output error'],
  ENXIO: [6, 'No such device or address'],
  EBADF: [9, 'Bad file descriptor'],
  EACCES: [13, 'Permission denied'],
  EBUSY: [16, 'Device or resource busy'],
  EEXIST: [17, 'File exists'],
  EXDEV: [18, 'Invalid cross-device link'],
  ENOTDIR: [20, 'Not a directory'],
  EISDIR: [21, 'Is a directory'],
  EINVAL: [22, 'Invalid argument'],
  EMFILE: [24, 'Too many open files'],
  ETXTBSY: [26, 'Text file busy'],
  EFBIG: [27, 'File too large'],
  ENOSPC: [28, 'No space left on device'],
  ESPIPE: [29, 'Illegal seek'],
  EROFS: [30, 'Read-only file system'],
  EPIPE: [32, 'Broken pipe'],
  ENAMETOOLONG: [36, 'File name too long'],
  ENOTEMPTY: [39, 'Directory not empty'],
  ELOOP: [40, 'Too many levels of symbolic links'],
};

/** An error of the system with one of its codes. */
export function systemError(code: keyof typeof ERRORS): Error {
  return Object.assign(new Error(ERRORS[code]![1]), { code });
}

/** What C would say of an error, undefined when it is no failure of the system. */
export function asSystemError(error: unknown): SystemError | undefined {
  // Not `instanceof Error`: in a test runner's sandbox, Node's errors belong to another realm.
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  const known = typeof code === 'string' ? ERRORS[code] : undefined;
  return known && { number: known[0], text: known[1] };
}

/** Pushes nil, the text (after the name that the failure is about, when there is one) and the number. */
export function pushFailure(L: LuaState, { number, text }: SystemError, name?: string): number {
  pushNil(L);
  pushText(L, name === undefined ? text : `${name}: ${text}`);
  return 2 + pushNumber(L, number);
}

/** Runs an operation; where the system refuses, `refused` says what the script gets. */
export function attempt(
  L: LuaState,
  operation: () => number,
  refused: (error: SystemError) => number,
): number {
  try {
    return operation();
  } catch (error) {
    const reason = asSystemError(error);
    return reason ? refused(reason) : raiseHostError(L, error);
  }
}
