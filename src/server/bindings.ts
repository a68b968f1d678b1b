import { UsageError } from '../support/errors';
import type { Random } from './random';

/** A binding in the option `bindings`: its name, or name and group; without a group it is in `default`. */
export type BindingOption = string | { readonly name: string; readonly group?: string };
export type BindingsOption = readonly BindingOption[];

/** One outgoing binding (4/config/ref-binding). */
export interface Binding {
  readonly name: string;
  /** `ec_binding_slot`: 0 for `default`, then in the order of their definition. */
  readonly slot: number;
  /** Its binding group (4/config/ref-binding-group). */
  readonly group: string;
}

/** The binding, and the binding group, that always exist. */
export const DEFAULT_BINDING = 'default';

/**
 * The bindings of a server, in the order of their slots. Names are case-sensitive, without white space; bindings'
 * names are without colons too. A name keeps its slot for the life of the server.
 */
export class Bindings implements Iterable<Binding> {
  readonly #slots: Binding[] = [];
  readonly #byName = new Map<string, Binding>();

  /** Throws UsageError, naming the place, for an option of another shape. */
  constructor(option: unknown = []) {
    this.define(DEFAULT_BINDING);
    for (const { name, group } of readBindingsOption(option)) this.define(name, group);
  }

  get length(): number {
    return this.#slots.length;
  }

  get(name: string): Binding | undefined {
    return this.#byName.get(name);
  }

  bySlot(slot: number): Binding | undefined {
    return this.#slots[slot];
  }

  /** The bindings of a group, in the order of their slots; none when there is no such group. */
  members(group: string): Binding[] {
    return this.#slots.filter((binding) => binding.group === group);
  }

  /** Group names in the order of their first bindings. */
  get groups(): string[] {
    return [...new Set(this.#slots.map(({ group }) => group))];
  }

  /** Adds a binding, or moves the one of that name into the group. */
  define(name: string, group: string = DEFAULT_BINDING): Binding {
    const binding = { name, slot: this.#byName.get(name)?.slot ?? this.#slots.length, group };
    this.#slots[binding.slot] = binding;
    this.#byName.set(name, binding);
    return binding;
  }

  /**
   * Picks a binding of a group at random; those that are suspended only when all of them are
   * (4/config/ref-suspend-delivery, 3/3-api/hooks-core-binding-group-choose-binding). Undefined for an unknown group.
   */
  choose(group: string, random: Random, isSuspended: (binding: Binding) => boolean): Binding | undefined {
    const members = this.members(group);
    const open = members.filter((binding) => !isSuspended(binding));
    const candidates = open.length > 0 ? open : members;
    return candidates.length > 0 ? candidates[random.integer(0, candidates.length - 1)] : undefined;
  }

  [Symbol.iterator](): IterableIterator<Binding> {
    return this.#slots.values();
  }
}

function readBindingsOption(option: unknown): { name: string; group?: string }[] {
  if (!Array.isArray(option))
    throw new UsageError(
      `option bindings: a list of names or { name, group } expected, not ${JSON.stringify(option)}`,
    );
  const seen = new Set<string>();
  return option.map((item: unknown, index) => {
    const where = `option bindings[${index}]`;
    const binding = readBinding(item, where);
    if (seen.has(binding.name)) throw new UsageError(`${where}: ${binding.name} is given twice`);
    seen.add(binding.name);
    return binding;
  });
}

function readBinding(item: unknown, where: string): { name: string; group?: string } {
  if (typeof item === 'string') return { name: checkedName(item, /[\s:]/, where) };
  if (typeof item !== 'object' || item === null || Array.isArray(item))
    throw new UsageError(`${where}: a name or { name, group } expected, not ${JSON.stringify(item)}`);
  const { name, group, ...others } = item as { name?: unknown; group?: unknown };
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    throw new UsageError(`${where}: unknown member ${unknown}; known are name, group`);
  return {
    name: checkedName(name, /[\s:]/, `${where}.name`),
    ...(group !== undefined && { group: checkedName(group, /\s/, `${where}.group`) }),
  };
}

function checkedName(name: unknown, forbidden: RegExp, where: string): string {
  if (typeof name === 'string' && name !== '' && !forbidden.test(name)) return name;
  const what = forbidden.test(':') ? 'without white space and colons' : 'without white space';
  throw new UsageError(`${where}: a name ${what} expected, not ${JSON.stringify(name)}`);
}
