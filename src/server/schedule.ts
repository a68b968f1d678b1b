/** Console commands that run by themselves (4/modules/sched). */
import { UsageError } from '../support/errors';
import type { ScheduledTimer, VirtualClock } from './clock';
import type { ConsoleResult } from './console/result';
import { displayed } from './dns/names';
import { withinTurn } from './delivery/within-turn';
import type { Logs } from './logs';

export interface JobPlan {
  /** Of the server: the id begins with it. */
  readonly hostname: string;
  /** Unix seconds; an instant that is past is due at once. */
  readonly at: number;
  /** Seconds between the runs of a recurrent job. */
  readonly every?: number;
  /** A command line, a byte string. */
  readonly command: string;
  /** Who scheduled it, and as whom it runs. */
  readonly user: string | undefined;
}

export interface Job extends JobPlan {
  /** `example.com-000000005` */
  readonly id: string;
}

/** What a schedule needs of the console. */
export interface JobConsole {
  run(command: string, user: string | undefined): Promise<ConsoleResult>;
  /** Takes an error that comes when the clock has gone on already. */
  onError(error: unknown): void;
}

/** The latest instant that a job can be scheduled for, in Unix seconds: what a date can hold. */
export const LATEST_SECONDS = 8.64e12;

export class Schedule {
  readonly #waiting = new Map<string, { readonly job: Job; readonly timer: ScheduledTimer }>();
  #lastNumber = 0;
  /** Runs the jobs; there has to be one by the time that the first is due. */
  console: JobConsole | undefined;

  constructor(
    private readonly clock: VirtualClock,
    private readonly logs: Logs,
  ) {}

  /** What waits, next first. */
  get jobs(): readonly Job[] {
    return [...this.#waiting.values()].map(({ job }) => job).sort((a, b) => a.at - b.at);
  }

  add(plan: JobPlan): Job {
    const id = `${plan.hostname}-${String(++this.#lastNumber).padStart(9, '0')}`;
    const job = { ...plan, id };
    this.#wait(job);
    return job;
  }

  /** Answers whether there was such a job. */
  delete(id: string): boolean {
    this.#waiting.get(id)?.timer.cancel();
    return this.#waiting.delete(id);
  }

  #wait(job: Job): void {
    const timer = this.clock.schedule(job.at * 1000, `sched ${job.id}`, () => this.#comeDue(job));
    this.#waiting.set(job.id, { job, timer });
  }

  #comeDue(job: Job): Promise<void> {
    this.#waiting.delete(job.id);
    if (job.every !== undefined) this.#repeat(job, job.every);
    return withinTurn(this.#run(job), (error) => this.console?.onError(error));
  }

  /** Runs that the clock jumped over are not made up for. */
  #repeat(job: Job, every: number): void {
    const at = Math.max(job.at, this.clock.seconds()) + every;
    if (at <= LATEST_SECONDS) this.#wait({ ...job, at });
  }

  /** Nobody waits for the answer: it goes into the paniclog. */
  async #run({ id, command, user }: Job): Promise<void> {
    if (!this.console) throw new UsageError(`no console runs the job ${id}`);
    const { output, status } = await this.console.run(command, user);
    const isFailed = status !== 'COMPLETED';
    if (output === '' && !isFailed) return;
    const said = `${id}: ${displayed(command)}: ${output.trimEnd() || status}`;
    this.logs.panic('sched', said, undefined, isFailed ? 'error' : 'info');
  }
}
