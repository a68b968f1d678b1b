import type { DnsAnswer } from './answer';

type Asked = DnsAnswer | Promise<DnsAnswer>;

/** Work that yields what the resolver answered and goes on with the answer; several questions may be under way. */
export type DnsSteps<Result> = Generator<Asked, Result, DnsAnswer>;

/** Does the work: at once as far as answers are there, and in a promise from the first one that is not. */
export function runSteps<Result>(steps: DnsSteps<Result>, given?: DnsAnswer): Result | Promise<Result> {
  let step = given ? steps.next(given) : steps.next();
  while (!step.done) {
    const asked = step.value;
    if (asked instanceof Promise) return asked.then((answer) => runSteps(steps, answer));
    step = steps.next(asked);
  }
  return step.value;
}
