import type { EntryContext } from '../../../src/api/runtime';
import { toTest } from '../../../src/api/convert';
import { Source } from '../../../src/lua';
import { Generation } from '../../../src/scriptlet/generation';
import { ServerState } from '../../../src/server/server';

/** Runs Lua text in a state of its own, as an entry that a test makes up; answers its results. */
export async function run(
  text: string,
  context: EntryContext,
  prepare: (server: ServerState) => void = () => undefined,
): Promise<unknown[]> {
  const server = new ServerState({ now: new Date(0), seed: 1 });
  prepare(server);
  const generation = new Generation(server, {
    roots: [],
    fakes: new Map(),
    system: {},
    memory: () => undefined,
    onError(error) {
      throw error;
    },
  });
  const results = await generation.run(generation.vm.load(new Source('=test', text)), [], context);
  return results.map((result) => toTest(generation.vm, result));
}
