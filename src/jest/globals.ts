import { UsageError } from '../index';

/** What a matcher finds as `this`: the part of jest's context that the matchers here use. */
export interface MatcherContext {
  readonly isNot?: boolean;
  readonly promise?: string;
  readonly utils: MatcherUtils;
  /** Knows asymmetric matchers. */
  readonly equals: (a: unknown, b: unknown) => boolean;
}

/** Of jest-matcher-utils. */
interface MatcherUtils {
  readonly matcherHint: (
    name: string,
    received: string,
    expected: string,
    options: { isNot?: boolean; promise?: string; secondArgument?: string },
  ) => string;
  readonly matcherErrorMessage: (hint: string, generic: string, specific: string) => string;
  readonly printExpected: (value: unknown) => string;
  readonly printReceived: (value: unknown) => string;
  readonly printWithType: (name: string, value: unknown, print: (value: unknown) => string) => string;
  readonly EXPECTED_COLOR: (text: string) => string;
  readonly RECEIVED_COLOR: (text: string) => string;
}

export interface MatcherResult {
  readonly pass: boolean;
  message(): string;
}

export type Matcher = (this: MatcherContext, received: unknown, ...expected: never[]) => MatcherResult;

/** A snapshot serializer as pretty-format calls it. */
export interface Serializer {
  test(value: unknown): boolean;
  serialize(
    value: unknown,
    config: object,
    indentation: string,
    depth: number,
    refs: unknown[],
    printer: (value: unknown, config: object, indentation: string, depth: number, refs: unknown[]) => string,
  ): string;
}

type Hook = (f: () => unknown) => void;

/** The globals of jest that the integration registers itself with. */
export interface JestGlobals {
  readonly expect: {
    readonly extend: (matchers: Readonly<Record<string, Matcher>>) => void;
    readonly addSnapshotSerializer: (serializer: Serializer) => void;
  };
  readonly beforeEach: Hook;
  readonly afterEach: Hook;
  readonly afterAll: Hook;
}

/** Throws UsageError where there are none: outside of jest, in `setupFiles`, or with `injectGlobals: false`. */
export function jestGlobals(scope: object = globalThis): JestGlobals {
  const globals = scope as Partial<JestGlobals>;
  const isComplete = [
    globals.expect?.extend,
    globals.expect?.addSnapshotSerializer,
    globals.beforeEach,
    globals.afterEach,
    globals.afterAll,
  ].every((member) => typeof member === 'function');
  if (isComplete) return globals as JestGlobals;
  throw new UsageError(
    "momentum-sim/jest needs jest's globals (expect, beforeEach, afterEach, afterAll) and does not find them. " +
      "Name it in the jest configuration, setupFilesAfterEnv: ['momentum-sim/jest'] (not setupFiles, where they do " +
      'not exist yet; not with injectGlobals: false), or import it in a test file.',
  );
}
