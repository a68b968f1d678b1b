import { spawnSync } from 'node:child_process';

/**
 * `test` for comparisons with another program. Where the program is missing, the tests are skipped under a name that
 * says so; with MOMENTUM_SIM_REQUIRE_COUNTERPARTS=1 (continuous integration) they fail instead.
 */
export function counterpart(program: string): (name: string, compare: () => unknown) => void {
  if (isInstalled(program))
    return (name, compare) =>
      test(name, async () => {
        await compare();
      });
  if (process.env.MOMENTUM_SIM_REQUIRE_COUNTERPARTS === '1') {
    return (name) =>
      test(name, () => {
        throw new Error(`${program} is not installed, and MOMENTUM_SIM_REQUIRE_COUNTERPARTS asks for it`);
      });
  }
  return (name) => test.skip(`${name} (skipped: ${program} is not installed)`, () => undefined);
}

function isInstalled(program: string): boolean {
  return spawnSync(program, ['-v']).error === undefined;
}
