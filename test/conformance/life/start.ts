import { Momentum, type MomentumOptions } from '../../../src';
import '../../../src/jest';
import type { conformance } from '../harness';

/** Takes the test of a row, or of a choice. */
export type Row = ReturnType<typeof conformance>['row'];

/** A script that makes one module, `mod`, of the functions in `body`. */
export const moduleScript = (body: string, name = 'mod') => ({
  name,
  source: `local mod = {}\n${body}\nmsys.registerModule("${name}", mod)`,
});

/** A server with that script. */
export const withModule = (body: string, options: MomentumOptions = {}): Promise<Momentum> =>
  Momentum.start({ modules: [moduleScript(body)], ...options });

/** A server with a script that need not register anything. */
export const withScript = (source: string, options: MomentumOptions = {}): Promise<Momentum> =>
  Momentum.start({ modules: [{ name: 'mod', source }], strict: { SILENT_SCRIPT: 'off' }, ...options });

/** The paniclog, where `print` goes, from `from` on. */
export const prints = (mta: Momentum, from = 0): string[] =>
  mta.paniclog.slice(from).map(({ message }) => message);

export const codes = (mta: Momentum): string[] => [...mta.diagnostics].map(({ code }) => code);

/** Whether a server starts with these options, and the error's text when it does not. */
export const refusal = (options: MomentumOptions): Promise<string | undefined> =>
  Momentum.start(options).then(
    () => undefined,
    (error: unknown) => (error as Error).message,
  );

export const COMMIT_FAILED =
  "Module 'scriptlet' instance 'scriptlet' initialization failed while preparing to commit. Consult your vendor.";

/** A configuration whose scriptlet stanzas are given. */
export const configWith = (scriptlet: string, more = 'alerting {}') => ({ text: `${more}\n${scriptlet}\n` });

/**
 * Callouts of what is not simulated: nothing drives them. What holds is that a module may have them without a
 * diagnostic, that a test reaches them by `mta.call`, with a `self` that is not the module's table, and that the
 * arguments arrive.
 */
export async function expectReachable(keys: Readonly<Record<string, number | null>>): Promise<void> {
  const functions = Object.keys(keys).map(
    (key) => `function mod:${key}(...) return self ~= mod, rawget(self, "${key}"), ... end`,
  );
  const mta = await withModule(functions.join('\n'));
  expect(codes(mta)).toEqual([]);
  for (const [key, count] of Object.entries(keys)) {
    const args = Array.from({ length: count ?? 1 }, (_, i) => `argument ${i + 1}`);
    expect([key, ...(await mta.call(key, ...args))]).toEqual([key, true, undefined, ...args]);
  }
}
