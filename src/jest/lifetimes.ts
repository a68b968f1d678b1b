import type { Momentum } from '../index';
import { unexpectedFailure } from './unexpected-failure';

/**
 * Which servers belong to the running test and which to the whole file: the former are stopped after the test, the
 * latter, those of `beforeAll` and of the top of the file, at its end.
 */
export class Lifetimes {
  private readonly ofTest = new Set<Momentum>();
  private readonly ofFile = new Set<Momentum>();
  private isInTest = false;

  started(mta: Momentum): void {
    (this.isInTest ? this.ofTest : this.ofFile).add(mta);
  }

  beginTest(): void {
    this.isInTest = true;
  }

  /** Rejects with the first failure of a server that the test did not look at. */
  async endTest(): Promise<void> {
    this.isInTest = false;
    await this.conclude(this.ofTest);
  }

  /** The same for what happened after the last test. */
  async endFile(): Promise<void> {
    await this.conclude(this.ofTest);
    await this.conclude(this.ofFile);
  }

  private async conclude(ending: Set<Momentum>): Promise<void> {
    const failures = [...this.ofFile, ...this.ofTest].flatMap((mta) => mta.takeFailures());
    const servers = [...ending];
    ending.clear();
    const stops = await Promise.allSettled(servers.map((mta) => mta.stop()));
    const unexpected = unexpectedFailure(failures);
    if (unexpected) throw unexpected;
    for (const stop of stops) if (stop.status === 'rejected') throw stop.reason;
  }
}
