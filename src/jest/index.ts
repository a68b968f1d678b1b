/**
 * The jest integration. Importing it registers matchers, snapshot serializers, the automatic stop of servers that a
 * test leaves running, and the failing of a test in which a handler, a command or a rule failed and nobody looked.
 *
 * `setupFilesAfterEnv: ['momentum-sim/jest']`, the preset `momentum-sim`, or an import in a test file. Throws
 * UsageError outside of jest.
 */
import { observeServers } from '../momentum';
import { jestGlobals } from './globals';
import { Lifetimes } from './lifetimes';
import { MATCHERS } from './matchers';
import { SERIALIZERS } from './serializers';

export type { MomentumMatchers } from './types';

const { expect, beforeEach, afterEach, afterAll } = jestGlobals();
const lifetimes = new Lifetimes();

expect.extend(MATCHERS);
for (const serializer of SERIALIZERS) expect.addSnapshotSerializer(serializer);
const stopObserving = observeServers(
  (mta) => lifetimes.started(mta),
  () => undefined,
);
beforeEach(() => lifetimes.beginTest());
afterEach(() => lifetimes.endTest());
afterAll(async () => {
  stopObserving();
  await lifetimes.endFile();
});
