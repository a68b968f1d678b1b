/** In which policy phases a function works (4/4-lua-summary-table). */
import type { ApiEntry } from '../catalogue';
import { callerOf, callerPlace, LuaRaise, type HostCall } from '../lua';
import { PHASES, type Phase } from '../server/reception/policy';
import { contextOf, type Runtime } from './runtime';

/** Where a function may be called, and why. */
export interface PhaseRule {
  /** As a message names it. */
  readonly name: string;
  readonly phases: readonly string[];
  readonly doc?: string | undefined;
}

const PREFIX = 'validate_';
const isPhase = (name: string): name is Phase => (PHASES as readonly string[]).includes(name);

/** The policy phase that is running; hooks of other kinds are none. */
export function phaseOf(call: HostCall): Phase | undefined {
  const hook = contextOf(call)?.hook;
  const phase = hook?.startsWith(PREFIX) ? hook.slice(PREFIX.length) : '';
  return isPhase(phase) ? phase : undefined;
}

/** By place and name: whether the call there is an error. */
const judged = new WeakMap<Runtime, Map<string, boolean>>();

function judge(runtime: Runtime, site: string, text: string, call: HostCall): boolean {
  let sites = judged.get(runtime);
  if (!sites) judged.set(runtime, (sites = new Map<string, boolean>()));
  const known = sites.get(site);
  if (known !== undefined) return known;
  const isError = runtime.server.report('WRONG_PHASE', text, callerOf(call.L));
  sites.set(site, isError);
  return isError;
}

/** Reports a call in a phase that the function is not for, once for each place; raises where that is an error. */
export function requirePhase(runtime: Runtime, { name, phases, doc }: PhaseRule, call: HostCall): void {
  const phase = phaseOf(call);
  if (phase === undefined || phases.includes('any') || phases.includes(phase)) return;
  const place = callerPlace(call.L);
  const valid = phases.map((one) => PREFIX + one).join(', ');
  const text = `${name} does not work in ${PREFIX}${phase}: it is for ${valid}. In production its effect there is undefined, or none.${doc === undefined ? '' : ` See ${doc}.`}`;
  if (judge(runtime, `${name} ${place?.file ?? ''}:${place?.line ?? 0}`, text, call))
    throw new LuaRaise(text);
}

const RECIPIENTS = ['mailfrom', 'rcptto_list', 'rcptto_list_final'];

/** Phases that the summary table leaves out, and that the pages of the functions do not. */
const BEYOND_TABLE: Readonly<Record<string, readonly string[]>> = {
  'vctx:tarpit': ['any'],
  'vctx:add_recipient': RECIPIENTS,
  'vctx:remove_recipient': RECIPIENTS,
  // For reading: setting has a rule of its own.
  'msg:routing_domain': ['data', 'data_spool', 'set_binding'],
};

/** The same by what the catalogue says of a function. */
export function requirePhaseOf(runtime: Runtime, entry: ApiEntry, call: HostCall): void {
  const { name, phases, signature, doc } = entry;
  if (!phases || phaseOf(call) === undefined) return;
  const all = [...phases, ...(BEYOND_TABLE[name] ?? [])];
  requirePhase(runtime, { name: signature, phases: all, doc }, call);
}
