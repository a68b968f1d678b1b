/** What the tests about the configuration share. */
import { Momentum, type MomentumOptions } from '../../../src';
import '../../../src/jest';
import type { conformance } from '../harness';

export type TestRow = ReturnType<typeof conformance>['row'];

export const MAIN = '/conf/ecelerity.conf';

export const withConfig = (text: string, options: MomentumOptions = {}) =>
  Momentum.start({ ...options, config: { text } });

/** A server whose main file is `/conf/ecelerity.conf`. Names of other files are relative to its directory. */
export function withFiles(main: string, others: Record<string, string> = {}): Promise<Momentum> {
  const files = Object.entries(others).map(([name, text]) => [
    name.startsWith('/') ? name : `/conf/${name}`,
    text,
  ]);
  return Momentum.start({
    config: MAIN,
    files: { [MAIN]: main, ...(Object.fromEntries(files) as Record<string, string>) },
  });
}

/** What a file of `/conf` holds now. */
export const file = (mta: Momentum, name: string) => mta.files.get(`/conf/${name}`)?.toString();

export const output = async (mta: Momentum, line: string) => (await mta.console(line)).output;

/** What the console prints for each of the lines. */
export async function outputs(mta: Momentum, ...lines: string[]): Promise<string[]> {
  const printed: string[] = [];
  for (const line of lines) printed.push(await output(mta, line));
  return printed;
}

/** The console's answer to each of the lines, which are the keys. */
export async function expectOutputs(mta: Momentum, expected: Record<string, string>): Promise<void> {
  for (const [line, text] of Object.entries(expected))
    expect([line, await output(mta, line)]).toEqual([line, `${text}\n`]);
}

/** The same for a configuration that is read. */
export const expectConfig = async (text: string, expected: Record<string, string>) =>
  expectOutputs(await withConfig(text), expected);

/** A text that is no configuration. */
export async function expectRefused(text: string, reason: string): Promise<void> {
  await expect(withConfig(text)).rejects.toThrow(reason);
}

/** A module whose `rsrc_setup` has this body. */
export const setup = (body: string) => [
  {
    name: 'mod',
    source: `local mod = {} function mod:rsrc_setup() ${body} return true end msys.registerModule("mod", mod)`,
  },
];

export const printed = (mta: Momentum) => mta.paniclog.map(({ message }) => message);
