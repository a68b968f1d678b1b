import { putLuaFramesFirst, type LuaFrame } from './frames';

/**
 * The base of every error that momentum-sim throws on purpose.
 *
 * `code` is stable: tests and the pages under docs/diagnostics refer to it.
 * `message` says what happened and where, why it matters in production, and what to do.
 */
export abstract class MomentumSimError extends Error {
  abstract readonly code: string;

  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The caller misused the library itself (a wrong option, a server that is already stopped). */
export class UsageError extends MomentumSimError {
  readonly code = 'USAGE';
}

/** Something that would take the real process down. No `pcall` catches it; the server is down afterwards. */
export class MomentumCrash extends MomentumSimError {
  readonly code: string;
  readonly frames: readonly LuaFrame[];

  constructor(code: string, message: string, frames: readonly LuaFrame[] = [], cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.frames = frames;
    putLuaFramesFirst(this, frames);
  }
}

/** Something that production lets pass silently, or punishes later, and that strict mode does not accept. */
export class StrictViolation extends MomentumSimError {
  readonly code: string;
  readonly frames: readonly LuaFrame[];

  constructor(code: string, message: string, frames: readonly LuaFrame[] = []) {
    super(message);
    this.code = code;
    this.frames = frames;
    putLuaFramesFirst(this, frames);
  }
}

/** A name that the product has and momentum-sim does not simulate; the message says how to `fake` it. */
export class NotSimulated extends MomentumSimError {
  readonly code = 'NOT_SIMULATED';
  readonly api: string;
  readonly frames: readonly LuaFrame[];

  constructor(api: string, message: string, frames: readonly LuaFrame[] = []) {
    super(message);
    this.api = api;
    this.frames = frames;
    putLuaFramesFirst(this, frames);
  }
}

/** A name that the product does not have; the message names the nearest one. */
export class UnknownApi extends MomentumSimError {
  readonly code = 'UNKNOWN_API';
  readonly api: string;
  readonly nearest: string | undefined;
  readonly frames: readonly LuaFrame[];

  constructor(api: string, nearest: string | undefined, message: string, frames: readonly LuaFrame[] = []) {
    super(message);
    this.api = api;
    this.nearest = nearest;
    this.frames = frames;
    putLuaFramesFirst(this, frames);
  }
}

/** A configuration that could not be committed. `message` is the product's sentence and the reason. */
export class ConfigError extends MomentumSimError {
  readonly code: string = 'CONFIG';
  /** Where the reason lies: a real file (or a chunk's name), line and column from 1, when there is one. */
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;

  constructor(
    message: string,
    place: { file?: string; line?: number; column?: number; frames?: readonly LuaFrame[] } = {},
    cause?: unknown,
  ) {
    super(message, { cause });
    this.file = place.file;
    this.line = place.line;
    this.column = place.column;
    if (place.frames) putLuaFramesFirst(this, place.frames);
  }
}
