/** What `statvfs` tells of the simulated machine's disks (3/3-api/structs-ec-statvfs). */
import path from 'node:path';
import type { VirtualClock } from './clock';

export interface FileSystemFigures {
  readonly kilobytesTotal: number;
  readonly kilobytesAvailable: number;
  /** Files, directories and the like. */
  readonly objectsTotal: number;
  readonly objectsAvailable: number;
}

/** The simulator's one disk, half full, until a test mounts others. */
const ROOT: FileSystemFigures = {
  kilobytesTotal: 100 * 1024 ** 2,
  kilobytesAvailable: 50 * 1024 ** 2,
  objectsTotal: 6_553_600,
  objectsAvailable: 6_000_000,
};

/** A stream of samples of one file system; everybody who asks for a path shares one. */
export class FigureStream {
  #sample: FileSystemFigures;
  #sampledAt: number;

  constructor(
    readonly path: string,
    /** Seconds between samples. */
    public interval: number,
    private readonly clock: VirtualClock,
    private readonly read: () => FileSystemFigures,
  ) {
    this.#sample = read();
    this.#sampledAt = clock.millis();
  }

  /** The newest sample. */
  get sample(): FileSystemFigures {
    const period = this.interval * 1000;
    const passed = Math.floor((this.clock.millis() - this.#sampledAt) / period);
    if (passed > 0) {
      this.#sampledAt += passed * period;
      this.#sample = this.read();
    }
    return this.#sample;
  }
}

/** Seconds between samples of a subscription that leaves it to the implementation. */
const DEFAULT_INTERVAL = 60;

export class FileSystems {
  readonly #mounts = new Map<string, FileSystemFigures>([['/', ROOT]]);
  readonly #streams = new Map<string, FigureStream>();

  constructor(private readonly clock: VirtualClock) {}

  /** The figures of the disk below a directory, from the next sample on. */
  mount(directory: string, figures: FileSystemFigures): void {
    this.#mounts.set(path.posix.resolve('/', directory), figures);
  }

  /** Those of the innermost mount that a path lies on. */
  figures(file: string): FileSystemFigures {
    let at = path.posix.resolve('/', file);
    while (!this.#mounts.has(at)) at = path.posix.dirname(at);
    return this.#mounts.get(at)!;
  }

  /** Seconds between samples, 0 for the default; the smallest that anybody asked for counts. */
  subscribe(file: string, interval: number): FigureStream {
    const wanted = interval > 0 ? interval : DEFAULT_INTERVAL;
    let stream = this.#streams.get(file);
    if (!stream) {
      stream = new FigureStream(file, wanted, this.clock, () => this.figures(file));
      this.#streams.set(file, stream);
    }
    stream.interval = Math.min(stream.interval, wanted);
    return stream;
  }
}
