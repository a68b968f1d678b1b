import type { Span } from './statements';
import type { ConfigValue } from './value';

/** Where something was configured. */
export interface ConfigPlace extends Span {
  readonly file: string;
  /** Of an option: the offset of its value. */
  readonly valueStart?: number;
  /** Counts up as the configuration is read: what comes later overrides. Of a scope, that of its end. */
  readonly order: number;
  /** The whole of a file that is included in the scope. */
  readonly isFile?: true;
}

/** An option that is set in a scope. */
export interface ConfigOption {
  readonly name: string;
  readonly value: ConfigValue;
  /** All statements of the files that set it here; the last one counts, unless the value was set live. */
  readonly places: readonly ConfigPlace[];
  readonly isLive?: true;
}

/** Where an option's value comes from; undefined when it was set live. */
export function placeOf({ places, isLive }: ConfigOption): ConfigPlace | undefined {
  return isLive ? undefined : places.at(-1);
}

/** One step into the tree: a type, or a type and an instance. */
export type ConfigStep = string | readonly [type: string, instance: string];
/** From the global scope on, which is the empty path. */
export type ConfigPath = readonly ConfigStep[];

export const typeOf = (step: ConfigStep) => (typeof step === 'string' ? step : step[0]);
export const instanceOf = (step: ConfigStep) => (typeof step === 'string' ? undefined : step[1]);
export const stepOf = ({ type, instance }: Pick<ConfigScope, 'type' | 'instance'>): ConfigStep =>
  instance === undefined ? type : [type, instance];

/** Instances that mean the same have the same key: domains and hosts in any case, `*:25` and `:25`. */
const INSTANCE_KEYS: Readonly<Record<string, ((instance: string) => string) | undefined>> = {
  domain: nameKey,
  host: nameKey,
  listen: (address) => address.replace(/^\*:/, ':'),
};

/** Regular expressions between slashes stay as they are. */
function nameKey(name: string): string {
  return isPattern(name) ? name : name.toLowerCase();
}

/** Whether a domain or host is a regular expression between slashes (4/config/ref-domain). */
export function isPattern(instance: string | undefined): boolean {
  return instance !== undefined && /^\/.*\/$/s.test(instance);
}

export const optionKey = (name: string) => `=${name.toLowerCase()}`;

export function scopeKey(type: string, instance: string | undefined): string {
  const key = type.toLowerCase();
  if (instance === undefined) return `{${key}`;
  const normalise = Object.hasOwn(INSTANCE_KEYS, key) ? INSTANCE_KEYS[key] : undefined;
  return `{${key} ${normalise ? normalise(instance) : instance}`;
}

type Member = ConfigOption | ConfigScope;

/** One scope of a configuration with what it contains, in the order of the files. Never changes. */
export class ConfigScope {
  #childrenByType: Map<string, ConfigScope[]> | undefined;

  constructor(
    readonly type: string,
    /** Undefined for an anonymous scope. */
    readonly instance: string | undefined,
    readonly members: ReadonlyMap<string, Member>,
    /** Its stanzas, and the files that are included in them. */
    readonly places: readonly ConfigPlace[] = [],
  ) {}

  static readonly EMPTY = new ConfigScope('', undefined, new Map());

  get options(): ConfigOption[] {
    return [...this.members.values()].filter((member) => !(member instanceof ConfigScope)) as ConfigOption[];
  }

  get children(): ConfigScope[] {
    return [...this.members.values()].filter((member) => member instanceof ConfigScope);
  }

  /** What is set in this very scope; names in any case. */
  option(name: string): ConfigOption | undefined {
    return this.members.get(optionKey(name)) as ConfigOption | undefined;
  }

  child(type: string, instance?: string): ConfigScope | undefined {
    return this.members.get(scopeKey(type, instance)) as ConfigScope | undefined;
  }

  /** All stanzas of a type, in the order of the configuration. */
  childrenOf(type: string): readonly ConfigScope[] {
    return (this.#childrenByType ??= groupByType(this.children)).get(type.toLowerCase()) ?? [];
  }

  /** The scope at the end of a path, undefined when there is none. */
  find(path: ConfigPath): ConfigScope | undefined {
    return path.reduce<ConfigScope | undefined>(
      (scope, step) => scope?.child(typeOf(step), instanceOf(step)),
      this,
    );
  }

  /** A tree in which the scope at the end of `path` is changed; missing scopes are made. All else is shared. */
  change(path: ConfigPath, edit: (scope: ConfigScope) => ConfigScope): ConfigScope {
    const [step, ...rest] = path;
    if (step === undefined) return edit(this);
    const [type, instance] = [typeOf(step), instanceOf(step)];
    const child = this.child(type, instance) ?? new ConfigScope(type, instance, new Map());
    return this.with(scopeKey(type, instance), child.change(rest, edit));
  }

  /** The same scope with one member set, or without it. */
  with(key: string, member: Member | undefined): ConfigScope {
    const members = new Map(this.members);
    if (member) members.set(key, member);
    else members.delete(key);
    return new ConfigScope(this.type, this.instance, members, this.places);
  }
}

function groupByType(scopes: readonly ConfigScope[]): Map<string, ConfigScope[]> {
  const groups = new Map<string, ConfigScope[]>();
  for (const scope of scopes) {
    const type = scope.type.toLowerCase();
    const group = groups.get(type);
    if (group) group.push(scope);
    else groups.set(type, [scope]);
  }
  return groups;
}
