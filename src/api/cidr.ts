import { asSystemError, callerOf, LuaRaise, LuaTable, toDisplay, type HostCall, type LuaValue } from '../lua';
import { parseAddress } from '../server/cidr-block';
import { readRbldnsd, type RbldnsdOptions } from '../server/cidr-rbldnsd';
import { NamedCidr, type CidrSource, type DefinedCidr } from '../server/cidrs';
import { NotSimulated } from '../support/errors';
import { peerOf } from './peer';
import { contentOf, filesOf, pathOfUri } from './readfile';
import { contextOf, type ApiTable, type Runtime } from './runtime';
import { text } from './values';

const DEFAULT_REFRESH = 1800;

class Options {
  constructor(
    readonly name: string,
    private readonly given: LuaValue,
  ) {}

  get(key: string): LuaValue {
    if (this.given instanceof LuaTable) return this.given.get(key);
    return key === 'type' ? this.given : undefined;
  }

  text(key: string): string {
    const value = this.get(key);
    if (typeof value === 'string' || typeof value === 'number') return text(value);
    throw this.bad(`the option ${key} is missing`);
  }

  get refresh(): number {
    const refresh = Number(this.get('refresh') ?? DEFAULT_REFRESH);
    if (Number.isFinite(refresh) && refresh >= 0) return refresh;
    throw this.bad('the option refresh is no number of seconds');
  }

  bad(reason: string): LuaRaise {
    return new LuaRaise(`msys.cidr.define('${toDisplay(this.name)}'): ${reason}`);
  }
}

type Reader = (runtime: Runtime, options: Options, call: HostCall) => CidrSource | undefined;

const TYPES: Readonly<Record<string, Reader>> = {
  empty: () => undefined,
  rbldnsd,
  datasource: (runtime, options, call) => {
    options.text('cachename');
    options.text('query');
    return notSimulated(runtime, 'a CIDR object of type datasource', call);
  },
};

function rbldnsd(runtime: Runtime, options: Options, call: HostCall): CidrSource {
  const uri = options.text('source');
  const value = options.get('value') ?? 'a';
  if (value !== 'a' && value !== 'txt') throw options.bad("the option value is neither 'a' nor 'txt'");
  const path = pathOfUri(uri);
  if (path === undefined) return notSimulated(runtime, `the protocol of '${toDisplay(uri)}'`, call);
  return { refresh: options.refresh, read: () => read(runtime, path, { value }, options) };
}

function read(runtime: Runtime, path: string, format: RbldnsdOptions, options: Options) {
  try {
    return readRbldnsd(contentOf(filesOf(runtime), path).toString('latin1'), format);
  } catch (error) {
    const reason = asSystemError(error)?.text ?? (error as Error).message;
    throw options.bad(`${path}: ${reason}`);
  }
}

function notSimulated({ server }: Runtime, what: string, call: HostCall): never {
  const frames = callerOf(call.L);
  const message = `${what} is not simulated. Give the test functions of its own: mta.fake('msys.cidr.define', () => {}) and mta.fake('msys.cidr.query', (name, address) => value).`;
  server.report('NOT_SIMULATED', message, frames);
  throw new NotSimulated('msys.cidr.define', message, frames);
}

function define(runtime: Runtime, [given, optionsGiven]: LuaValue[], call: HostCall): undefined {
  const { facilities, logs, clock } = runtime.server;
  const options = new Options(text(given), optionsGiven);
  const type = options.text('type');
  if (!Object.hasOwn(TYPES, type))
    throw options.bad(`'${toDisplay(type)}' is none of the types ${Object.keys(TYPES).join(', ')}`);
  const source = TYPES[type]!(runtime, options, call);
  const cidr = new NamedCidr(options.name, source, clock, (error) =>
    logs.panic('cidrdb', toDisplay((error as Error).message)),
  );
  const interpolates = options.get('interpolate') === true;
  facilities.cidrs.set(options.name, { cidr, defaultValue: options.get('default_value'), interpolates });
}

function cidrOf({ server }: Runtime, name: LuaValue, member: string): DefinedCidr {
  const known = server.facilities.cidrs.get(text(name));
  if (known) return known;
  throw new LuaRaise(`msys.cidr.${member}: there is no CIDR object '${toDisplay(text(name))}'`);
}

function query(runtime: Runtime, [name, given]: LuaValue[], call: HostCall): LuaValue {
  const { cidr, defaultValue, interpolates } = cidrOf(runtime, name, 'query');
  const address = given === undefined ? peerOf(call, 'msys.cidr.query') : text(given);
  const parsed = parseAddress(address);
  if (!parsed)
    throw new LuaRaise(`bad argument #2 to 'query' (an IP address expected, got '${toDisplay(address)}')`);
  const value = cidr.find(parsed) ?? (defaultValue as LuaValue);
  if (!interpolates || typeof value !== 'string') return value;
  return value.replaceAll('$', contextOf(call)?.peer ?? address);
}

/** `msys.cidr` (4/lua/ref-msys-cidr-define, -query, -reload). */
export const cidr: ApiTable = {
  'msys.cidr.define': define,
  'msys.cidr.query': query,
  'msys.cidr.reload': (runtime, [name]) => {
    cidrOf(runtime, name, 'reload').cidr.reload();
    return undefined;
  },
};
