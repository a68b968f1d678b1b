import type { ClassDeclaration } from './classes';

/** An instant, as C's `struct timeval` gives it. */
export class TimeValue {
  /** Undefined is C's zero: never. */
  constructor(readonly instant: Date | undefined) {}

  get seconds(): number {
    return Math.floor(this.millis / 1000);
  }

  get microseconds(): number {
    return (this.millis - this.seconds * 1000) * 1000;
  }

  private get millis(): number {
    return this.instant?.getTime() ?? 0;
  }
}

export const timeValue: ClassDeclaration<TimeValue> = {
  name: 'msys.core:_timeval',
  fields: { tv_sec: (time) => time.seconds, tv_usec: (time) => time.microseconds },
};
