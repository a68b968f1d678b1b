/** Assembles a configuration generation: chunks, then `init`, then `rsrc_setup`; the first failure ends it. */
import {
  compileCached,
  definitionOf,
  LuaError,
  LuaFunction,
  LuaSyntaxError,
  toDisplay,
  type LuaValue,
  type Source,
} from '../lua';
import { ConfigError, FramedError, MomentumCrash, UnknownApi } from '../support/errors';
import type { LuaFrame } from '../support/frames';
import type { RegisteredModule } from '../api/runtime';
import { unknownApiNames } from './api-names';
import { describeResult } from './describe-result';
import { Generation, type GenerationOptions } from './generation';
import { sourceOf, type Script } from './scripts';
import type { ServerState } from '../server/server';

/** The product's sentence for every failure of a script while a configuration is committed. */
export const COMMIT_FAILED =
  "Module 'scriptlet' instance 'scriptlet' initialization failed while preparing to commit. Consult your vendor.";

const WHAT_TO_DO =
  'Correct this and load the configuration again: a real server refuses to start with it, or goes on with the old one.';

/** Builds a generation. Rejects with ConfigError, its cause being what went wrong in Lua. */
export async function assemble(
  server: ServerState,
  scripts: readonly Script[],
  options: GenerationOptions,
): Promise<Generation> {
  const generation = new Generation(server, options);
  generation.onSource = (source) => checkNames(generation, source);
  generation.registered.begin();
  try {
    for (const script of scripts) await during(script, () => runChunk(generation, script));
    await runStep(generation, 'init');
    await runStep(generation, 'rsrc_setup');
  } catch (error) {
    generation.background.close();
    throw error;
  }
  generation.registered.commit();
  return generation;
}

async function runStep(generation: Generation, step: 'init' | 'rsrc_setup'): Promise<void> {
  for (const module of generation.modules)
    await during(module, async () => {
      checkResult(generation, module, step, await generation.callout(module, step));
      if (step === 'rsrc_setup') await generation.setupHook(module);
    });
}

/**
 * Makes the next configuration generation on the scripts as they are, for a change of options: `rsrc_setup` alone runs
 * again (4/hooks/config-rsrc-setup). Rejects with ConfigError, and what serves remains as it was.
 */
export async function renew(generation: Generation): Promise<void> {
  const { registered, server } = generation;
  registered.begin();
  try {
    await runStep(generation, 'rsrc_setup');
  } catch (error) {
    registered.rollback();
    throw error;
  }
  for (const { method, path } of registered.commit()) {
    const message = `the endpoint ${method ?? '*'} ${path} is gone with the change of configuration: it was registered in a script's chunk or in init, and only rsrc_setup runs again. In production it answers 404 from now on.`;
    server.report('LOST_ENDPOINT', message);
  }
}

async function runChunk(generation: Generation, script: Script): Promise<void> {
  const source = sourceOf(script, generation.finder);
  if ('product' in source) {
    await generation.run(generation.productPackage(source.product), [], {
      phase: 'chunk',
      script: script.name,
    });
    return;
  }
  generation.server.caches.loadScript(source.chunkName, source.text);
  const chunk = generation.vm.load(source);
  checkNames(generation, source);
  const { length } = generation.modules;
  const registered = countOf(generation);
  await generation.run(chunk, [], { phase: 'chunk', script: script.name });
  warnOfOtherNames(generation, script, generation.modules.slice(length));
  if (countOf(generation) > registered) return;
  const message = `script "${script.name}" registered nothing: no module, endpoint or console command. Production says nothing about it, and never runs it again.`;
  generation.server.report('SILENT_SCRIPT', message);
}

/** The name of the stanza is all that the product's error messages have to tell scripts apart. */
function warnOfOtherNames(
  { server }: Generation,
  { name, isNamed }: Script,
  modules: readonly RegisteredModule[],
): void {
  if (!isNamed || modules.length === 0 || modules.some((module) => module.name === name)) return;
  const given = modules.map((module) => `"${module.name}"`).join(', ');
  const message = `script "${name}" registers ${given} and no module of its own name. It works; error messages of the product then name something that the configuration does not.`;
  server.report('NAME_MISMATCH', message);
}

function countOf({ registered: { modules, endpoints, commands } }: Generation): number {
  return modules.length + endpoints.endpoints.length + commands.prefixes.length;
}

/** A misspelt name is found when its script is loaded, not when its code first runs. */
function checkNames(generation: Generation, source: Source): void {
  for (const { name, at, text, nearest } of unknownApiNames(compileCached(source).body)) {
    const frame: LuaFrame = {
      name,
      file: source.path ?? source.chunkName.slice(1),
      line: at.line,
      column: source.displayColumn(at),
      kind: 'lua',
    };
    if (generation.server.report('UNKNOWN_API', text, [frame]))
      throw new UnknownApi(name, nearest, text, [frame], source.excerpt(at));
  }
}

function checkResult(
  generation: Generation,
  module: RegisteredModule,
  step: 'init' | 'rsrc_setup',
  results: LuaValue[] | undefined,
): void {
  if (!results || results[0] === true) return;
  const f = module.table.index(step);
  const place = f instanceof LuaFunction ? definitionOf(f.slot) : undefined;
  const returned = describeResult(results[0]);
  const message = `${step}() of module ${module.name} returned ${returned}; it has to return true.`;
  const frames = place ? [place] : [];
  if (step === 'init') throw new CalloutResult(`${message} Any other value makes the commit fail.`, place);
  const isError = results[0] === undefined || results[0] === false;
  if (isError && generation.server.report('RSRC_SETUP_RESULT', message, frames))
    throw new CalloutResult(message, place);
}

/** A lifecycle callout did not return what the product wants. */
class CalloutResult extends FramedError {
  readonly code = 'CALLOUT_RESULT';

  constructor(message: string, place: (LuaFrame & { readonly excerpt: string }) | undefined) {
    super(place ? `${message}\n\n${place.excerpt}` : message, place ? [place] : [], place);
  }
}

/** Runs a step for a script or module; what fails becomes the commit's failure. */
async function during(subject: Script | RegisteredModule, step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (error) {
    if (error instanceof MomentumCrash) throw error;
    throw commitError(subject, error);
  }
}

function commitError(subject: Script | RegisteredModule, error: unknown): ConfigError {
  const what = 'table' in subject ? `Module ${subject.name}` : `Script "${subject.name}"`;
  const reason = error instanceof Error ? error.message : String(error);
  return new ConfigError(
    `${COMMIT_FAILED}\n\n${what}: ${reason}\n\n${WHAT_TO_DO}`,
    placeOf(error, subject),
    error,
  );
}

function placeOf(error: unknown, subject: Script | RegisteredModule) {
  if (error instanceof LuaSyntaxError) {
    const { file, line, column, excerpt } = error;
    return {
      file,
      line,
      column,
      excerpt,
      frames: [{ name: 'syntax error', file, line, column, kind: 'main' as const }],
    };
  }
  if (error instanceof FramedError) {
    const { file, line, column, excerpt, frames } = error;
    return { file, line, column, excerpt, frames };
  }
  return { file: 'path' in subject ? subject.path : undefined };
}

/** Ends a generation that is no longer in use: `deinit` of its modules, then their timers. */
export async function retire(generation: Generation): Promise<void> {
  try {
    await deinit(generation);
  } finally {
    generation.background.close();
  }
}

/** Calls `deinit`, which has to return true. */
async function deinit(generation: Generation): Promise<void> {
  for (const module of generation.modules) {
    try {
      const results = await generation.callout(module, 'deinit');
      if (results && results[0] !== true)
        generation.server.logs.panic(
          'scriptlet',
          `deinit() of module ${module.name} did not return true; its resources may not be released`,
        );
    } catch (error) {
      if (!(error instanceof LuaError)) throw error;
      generation.server.logs.panic('scriptlet', toDisplay(error.traceback), error.frames);
    }
  }
}
