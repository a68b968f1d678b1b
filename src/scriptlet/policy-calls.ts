import { catalogue } from '../catalogue';
import type { RegisteredModule, Runtime } from '../api/runtime';
import type { LuaTable, LuaValue } from '../lua';
import type { PolicySubject } from '../server/reception/policy';
import type { HookCall, Hooks } from './hooks';
import { argumentsFor, signatureOf } from './policy-arguments';
import { SessionTables } from './session-tables';

/** The product's module that runs scripts: `M=` of the rejectlog, and what a bypass may name. */
export const SCRIPTLET = 'scriptlet';

/** Calls what modules provide for reception, with the `self` and the context that it is to have. */
export class PolicyCalls {
  readonly tables: SessionTables;

  constructor(
    readonly runtime: Runtime,
    readonly hooks: Hooks,
    /** Takes the error of a script. Throws what must end the server. */
    readonly onError: (error: unknown) => void,
  ) {
    this.tables = new SessionTables(runtime.vm);
  }

  /** Drops what scripts kept for it. */
  endSession({ vctx, session }: PolicySubject): void {
    this.tables.drop(vctx);
    if (session) this.runtime.vm.endSession(session);
  }

  /** The arguments of a callout that has no others than those that are always the same. */
  argumentsOf(name: string, subject: PolicySubject): LuaValue[] {
    return argumentsFor(this.runtime, subject, signatureOf(name));
  }

  /** Calls one provider; rejects with its error. */
  call(
    module: RegisteredModule,
    name: string,
    subject: PolicySubject,
    args: readonly LuaValue[],
  ): Promise<LuaValue[]> {
    return this.hooks.call(module, name, this.#callOf(name, subject, args));
  }

  /**
   * Calls the providers of a hook in their order, until the results of one end the round; answers these. The error of
   * one counts as no answer.
   */
  async first(
    name: string,
    subject: PolicySubject,
    args: readonly LuaValue[],
    ends: (results: readonly LuaValue[]) => boolean,
  ): Promise<readonly LuaValue[] | undefined> {
    if (decides(name) && this.hooks.has(name)) subject.vctx.lastModule = SCRIPTLET;
    const answer = await this.hooks.until(name, this.#callOf(name, subject, args), ends);
    return answer?.results;
  }

  #callOf(name: string, subject: PolicySubject, args: readonly LuaValue[]): HookCall {
    const { session, message } = subject;
    const peer = session?.accept.remoteAddress;
    return {
      args,
      context: {
        session,
        subject: { session, message },
        ...(peer && peer.family !== 'unix' && { peer: peer.host }),
      },
      self: this.#selfFor(name, subject),
    };
  }

  /** A table of the session where a validation context is among the arguments, and at the end of one. */
  #selfFor(name: string, { vctx }: PolicySubject): ((module: RegisteredModule) => LuaTable) | undefined {
    if (takesContext(name) || name === 'validate_dealloc') return (module) => this.tables.of(vctx, module);
    return undefined;
  }
}

const takes = (name: string, type: RegExp): boolean =>
  catalogue.callout(name)?.params.some((parameter) => type.test(parameter.type)) ?? false;

/** Whether a validation context is among a callout's arguments. */
const takesContext = (name: string): boolean => takes(name, /validate_context/);

/** Whether it can decide about the session: it may set a code. */
const decides = (name: string): boolean =>
  takes(name, /validate_context|message_construct/) && !name.includes('_log_');
