/** The thread pools of a server (4/config/ref-threadpool, 4/lua/ref-msys-threadpool-stat). */
import type { VirtualClock } from './clock';

/** A thread of the operating system that belongs to a pool. */
export interface PoolThread {
  readonly pool: ThreadPool;
  /** From 1. */
  readonly number: number;
}

/** Work for a pool; it runs until the promise settles. */
export type PoolJob<R> = (thread: PoolThread | undefined) => Promise<R>;

export interface ThreadPoolStatistics {
  readonly name: string;
  readonly invocations: number;
  /** Jobs that ran when one began, itself included. */
  readonly avg_concurrency: number;
  /** Per cent of the jobs that found every thread busy. */
  readonly saturation: number;
  /** Virtual milliseconds. */
  readonly avg_wallclock_time_per_op: number;
  /** Longest queue that is allowed, 0 without a limit. */
  readonly queue_sz: number;
  readonly num_threads: number;
  readonly num_active_threads: number;
  readonly num_inactive_threads: number;
  readonly job_num_queued: number;
  readonly job_num_running: number;
}

/** First in, first out; at most `concurrency` jobs run at a time. */
export class ThreadPool {
  readonly #threads: PoolThread[] = [];
  readonly #busy = new Set<PoolThread>();
  readonly #queue: ((thread: PoolThread | undefined) => void)[] = [];
  /** Callers for whose jobs there was no room. */
  readonly #blocked: (() => void)[] = [];
  #invocations = 0;
  #completed = 0;
  /** Jobs that found no free thread. */
  #delayed = 0;
  #concurrencySum = 0;
  #millis = 0;

  constructor(
    readonly name: string,
    /** The job class. */
    readonly id: number,
    /** Threads; without any, jobs run on the thread that asks. */
    public concurrency: number,
    /** Jobs that may wait, 0: any number. */
    public backlog: number,
    private readonly clock: VirtualClock,
  ) {}

  /**
   * Hands in a job; it begins when whoever runs now has come to an end or waits. `admitted` is there when the queue is
   * full, and resolves once it has room: until then the caller is blocked. `done` becomes what the job's promise does.
   */
  submit<R>(job: PoolJob<R>): { readonly admitted: Promise<void> | undefined; readonly done: Promise<R> } {
    this.#invocations++;
    const free = this.concurrency - this.#busy.size - this.#queue.length;
    if (free <= 0 && this.concurrency > 0) this.#delayed++;
    const isFull = this.backlog > 0 && free <= -this.backlog;
    const done = new Promise<R>((resolve, reject) => {
      this.#queue.push((thread) => void this.#run(job, thread).then(resolve, reject));
    });
    void Promise.resolve().then(() => this.#startNext());
    return { admitted: isFull ? new Promise((resolve) => this.#blocked.push(resolve)) : undefined, done };
  }

  /** Whether a job would have to wait for a thread. */
  get isSaturated(): boolean {
    return this.concurrency > 0 && this.#busy.size >= this.concurrency;
  }

  owns(thread: object): boolean {
    return this.#threads.includes(thread as PoolThread);
  }

  get statistics(): ThreadPoolStatistics {
    const average = (sum: number, count: number) => (count === 0 ? 0 : sum / count);
    return {
      name: this.name,
      invocations: this.#invocations,
      avg_concurrency: average(this.#concurrencySum, this.#invocations - this.#queue.length),
      saturation: 100 * average(this.#delayed, this.#invocations),
      avg_wallclock_time_per_op: average(this.#millis, this.#completed),
      queue_sz: this.backlog,
      num_threads: this.#threads.length,
      num_active_threads: this.#busy.size,
      num_inactive_threads: this.#threads.length - this.#busy.size,
      job_num_queued: this.#queue.length,
      job_num_running: this.#busy.size,
    };
  }

  #takeThread(): PoolThread {
    let thread = this.#threads.find((candidate) => !this.#busy.has(candidate));
    if (!thread) this.#threads.push((thread = { pool: this, number: this.#threads.length + 1 }));
    this.#busy.add(thread);
    return thread;
  }

  #startNext(): void {
    while (this.#queue.length > 0 && !this.isSaturated)
      this.#queue.shift()!(this.concurrency > 0 ? this.#takeThread() : undefined);
    // The jobs of blocked callers are the last of the queue.
    while (this.#blocked.length > 0 && this.#queue.length - this.#blocked.length < this.backlog)
      this.#blocked.shift()!();
  }

  async #run<R>(job: PoolJob<R>, thread: PoolThread | undefined): Promise<R> {
    const began = this.clock.millis();
    this.#concurrencySum += Math.max(this.#busy.size, 1);
    try {
      return await job(thread);
    } finally {
      this.#completed++;
      this.#millis += this.clock.millis() - began;
      if (thread) this.#busy.delete(thread);
      this.#startNext();
    }
  }
}

/** Name, threads, backlog; the job classes count from 0 (3/3-api/structs-ec-async-job). */
const PREDEFINED: readonly (readonly [name: string, concurrency: number, backlog: number])[] = [
  ['CPU', 4, 0],
  ['IO', 50, 0],
  ['SWAPOUT', 5, 0],
  ['SWAPIN', 5, 0],
  ['CLOSE', 0, 0],
  ['UNLINK', 6, 100],
  ['BATCH_UNLINK', 4, 0],
  ['SPOOLIN', 1, 0],
];

export class ThreadPools implements Iterable<ThreadPool> {
  readonly #pools: ThreadPool[] = [];

  constructor(private readonly clock: VirtualClock) {
    for (const [name, concurrency, backlog] of PREDEFINED) this.define(name, { concurrency, backlog });
  }

  get length(): number {
    return this.#pools.length;
  }

  /** The pool of a name, in any case, or of a job class. */
  find(key: string | number): ThreadPool | undefined {
    if (typeof key === 'number') return this.#pools[key];
    return this.#pools.find(({ name }) => name.toLowerCase() === key.toLowerCase());
  }

  /** What a stanza `ThreadPool` does: makes a pool, or changes what it says of one that exists. */
  define(name: string, options: { readonly concurrency?: number; readonly backlog?: number }): ThreadPool {
    let pool = this.find(name);
    if (!pool) {
      pool = new ThreadPool(name, this.#pools.length, 1, 0, this.clock);
      this.#pools.push(pool);
    }
    pool.concurrency = options.concurrency ?? pool.concurrency;
    pool.backlog = options.backlog ?? pool.backlog;
    return pool;
  }

  [Symbol.iterator](): IterableIterator<ThreadPool> {
    return this.#pools.values();
  }
}
