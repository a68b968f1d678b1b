/** Authentication schemes of scripts: `msys.registerAuth` (4/lua/ref-msys-register-auth). */
import {
  callerOf,
  LuaFunction,
  LuaRaise,
  toDisplay,
  type HostCall,
  type LuaTable,
  type LuaValue,
} from '../lua';
import { BUILTIN_SCHEMES } from '../server/auth/builtin-schemes';
import { AuthProblem, type AuthRequest, type AuthScheme, type AuthVerdict } from '../server/auth/scheme';
import { Dictionary } from '../server/http/dictionary';
import { readGroups, readStatus, type Asked } from './auth-results';
import { dictionary } from './dictionary';
import { bindObject } from './objects';
import { contextOf, type ApiTable, type Runtime } from './runtime';
import { text } from './values';

const FUNCTIONS = ['authenticate', 'enumGroups', 'queryGroups'] as const;

/** A scheme whose functions are in a table of a script. */
class ScriptScheme implements AuthScheme {
  constructor(
    private readonly runtime: Runtime,
    private readonly name: string,
    private readonly table: LuaTable,
  ) {}

  async authenticate(file: string, request: AuthRequest): Promise<AuthVerdict> {
    const params = bindObject(this.runtime, dictionary, paramsOf(request));
    const { asked, value } = await this.ask('authenticate', [file, params, request.user, request.password]);
    return { status: readStatus(this.runtime, value, asked) };
  }

  async groupsOf(_file: string, user: string): Promise<readonly string[] | undefined> {
    const { asked, value } = await this.ask('enumGroups', [user]);
    const groups = readGroups(this.runtime, value, asked);
    if (groups === 'error') throw new AuthProblem(`${asked.name} failed`);
    return groups === 'fail' ? undefined : groups;
  }

  async allGroups(): Promise<readonly string[]> {
    const { asked, value } = await this.ask('queryGroups', []);
    const groups = readGroups(this.runtime, value, asked);
    if (typeof groups === 'string') throw new AuthProblem(`${asked.name} failed`);
    return groups;
  }

  private async ask(
    name: (typeof FUNCTIONS)[number],
    args: readonly LuaValue[],
  ): Promise<{ asked: Asked; value: LuaValue }> {
    const f = this.table.index(name);
    if (!(f instanceof LuaFunction))
      throw new AuthProblem(`the table of the scheme '${this.name}' has no function ${name}`);
    const [value] = await this.runtime.vm.call(f, [this.table, ...args], { phase: 'hook', hook: name });
    return { asked: { f, name: `${name}() of the authentication scheme ${this.name}` }, value };
  }
}

/** What a listener's parameters say, and how the password is coded (4/modules/auth-ds). */
function paramsOf({ uri, params = {}, crypt = 'clear', nonce }: AuthRequest): Dictionary {
  const pairs = Object.entries({ ...params, uri, crypt, ...(nonce !== undefined && { nonce }) });
  return new Dictionary(pairs);
}

const schemes = new WeakMap<Runtime, Map<string, AuthScheme>>();

/** The schemes that the scripts of a configuration registered, by name. */
export function schemesOf(runtime: Runtime): ReadonlyMap<string, AuthScheme> {
  return tableOf(runtime);
}

function tableOf(runtime: Runtime): Map<string, AuthScheme> {
  let table = schemes.get(runtime);
  if (!table) schemes.set(runtime, (table = new Map<string, AuthScheme>()));
  return table;
}

function registerAuth(runtime: Runtime, [given, table]: LuaValue[], call: HostCall): LuaValue {
  const name = text(given);
  const problem =
    contextOf(call)?.phase !== 'init'
      ? 'outside of init: it has to be called from an init function of a module'
      : reasonAgainst(name, table as LuaTable);
  if (problem) {
    const message = `msys.registerAuth("${toDisplay(name)}") ${problem}.`;
    if (runtime.server.report('AUTH_REGISTRATION', message, callerOf(call.L))) throw new LuaRaise(message);
  }
  runtime.vm.retain(table as LuaTable);
  tableOf(runtime).set(name, new ScriptScheme(runtime, toDisplay(name), table as LuaTable));
  return undefined;
}

/** Why a scheme could never be used. */
function reasonAgainst(name: string, table: LuaTable): string | undefined {
  if (BUILTIN_SCHEMES.includes(name)) return 'takes the name of a scheme that the product has';
  if (!/^[^:/]+$/.test(name)) return 'gives a name that cannot stand before :// in a uri';
  if (FUNCTIONS.some((key) => table.index(key) instanceof LuaFunction)) return undefined;
  return `gives a table without any of the functions ${FUNCTIONS.join(', ')}`;
}

export const auth: ApiTable = { 'msys.registerAuth': registerAuth };
