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

/** An error that happened in Lua: `stack` begins with Lua's frames, so that a test runner shows their source. */
export abstract class FramedError extends MomentumSimError {
  /** Lua's call stack, innermost first. */
  readonly frames: readonly LuaFrame[];
  /** The source around the place, with a caret; '' when there is none. */
  readonly excerpt: string;

  constructor(message: string, frames: readonly LuaFrame[], options?: { cause?: unknown; excerpt?: string }) {
    super(message, options);
    this.frames = frames;
    this.excerpt = options?.excerpt ?? '';
    putLuaFramesFirst(this, frames);
  }

  /** Path of the innermost Lua source, or the name of its chunk. */
  get file(): string | undefined {
    return this.place?.file;
  }

  get line(): number | undefined {
    return this.place?.line;
  }

  get column(): number | undefined {
    return this.place?.column;
  }

  private get place(): LuaFrame | undefined {
    return this.frames.find((frame) => frame.kind !== 'host');
  }
}

/** Something that would take the real process down. No `pcall` catches it; the server is down afterwards. */
export class MomentumCrash extends FramedError {
  constructor(
    readonly code: string,
    message: string,
    frames: readonly LuaFrame[] = [],
    cause?: unknown,
  ) {
    super(message, frames, { cause });
  }
}

/** Something that production lets pass silently, or punishes later, and that strict mode does not accept. */
export class StrictViolation extends FramedError {
  constructor(
    readonly code: string,
    message: string,
    frames: readonly LuaFrame[] = [],
    excerpt?: string,
  ) {
    super(message, frames, { excerpt });
  }
}

/** A name that the product has and momentum-sim does not simulate; the message says how to `fake` it. */
export class NotSimulated extends FramedError {
  readonly code = 'NOT_SIMULATED';

  constructor(
    readonly api: string,
    message: string,
    frames: readonly LuaFrame[] = [],
  ) {
    super(message, frames);
  }
}

/** A name that the product does not have; the message names the nearest one. */
export class UnknownApi extends FramedError {
  readonly code = 'UNKNOWN_API';

  constructor(
    readonly api: string,
    readonly nearest: string | undefined,
    message: string,
    frames: readonly LuaFrame[] = [],
    excerpt?: string,
  ) {
    super(excerpt ? `${message}\n\n${excerpt}` : message, frames, { excerpt });
  }
}

/** A configuration that could not be committed. `message` is the product's sentence and the reason. */
export class ConfigError extends MomentumSimError {
  readonly code: string = 'CONFIG';
  /** Where the reason lies: a real file (or a chunk's name), line and column from 1, when there is one. */
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;
  /** The source around that place, with a caret; '' when there is none. */
  readonly excerpt: string;

  constructor(
    message: string,
    place: {
      file?: string | undefined;
      line?: number | undefined;
      column?: number | undefined;
      excerpt?: string;
      frames?: readonly LuaFrame[];
    } = {},
    cause?: unknown,
  ) {
    super(message, { cause });
    this.file = place.file;
    this.line = place.line;
    this.column = place.column;
    this.excerpt = place.excerpt ?? '';
    if (place.frames) putLuaFramesFirst(this, place.frames);
  }
}
