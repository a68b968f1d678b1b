import type { ClassDeclaration } from './classes';

/** An instant, as C's `struct timeval` gives it. */
export class TimeValue {
  #instant: Date | undefined;

  /** Undefined is C's zero: never. */
  constructor(instant: Date | undefined) {
    this.#instant = instant;
  }

  get instant(): Date | undefined {
    return this.#instant;
  }

  get seconds(): number {
    return Math.floor(this.#millis / 1000);
  }

  get microseconds(): number {
    return (this.#millis - this.seconds * 1000) * 1000;
  }

  protected set(millis: number): Date {
    return (this.#instant = new Date(millis));
  }

  get #millis(): number {
    return this.#instant?.getTime() ?? 0;
  }
}

/** One that a script may write: a result, or a field of a struct. */
export class WritableTime extends TimeValue {
  /** `written` is told of each new instant. */
  constructor(
    instant: Date | undefined,
    private readonly written: (instant: Date) => void = () => undefined,
  ) {
    super(instant);
  }

  setSeconds(seconds: number): void {
    this.written(this.set(Math.trunc(seconds) * 1000 + this.microseconds / 1000));
  }

  setMicroseconds(microseconds: number): void {
    this.written(this.set(this.seconds * 1000 + Math.trunc(microseconds) / 1000));
  }
}

export const timeValue: ClassDeclaration<TimeValue> = {
  name: 'msys.core:_timeval',
  fields: { tv_sec: (time) => time.seconds, tv_usec: (time) => time.microseconds },
};

/** An assigned value that is no number is C's 0. */
const number = (value: unknown): number => Number(value) || 0;

export const writableTime: ClassDeclaration<WritableTime> = {
  name: timeValue.name,
  fields: { tv_sec: (time) => time.seconds, tv_usec: (time) => time.microseconds },
  assign: {
    tv_sec: (time, value) => {
      time.setSeconds(number(value));
    },
    tv_usec: (time, value) => {
      time.setMicroseconds(number(value));
    },
  },
};
