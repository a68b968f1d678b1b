/** Where live changes go when they are saved (4/conf-overview, 4/config/ref-local-changes-only). */
import type { Configuration } from './configuration';
import { IMPLICIT_FILE } from './default-config';
import { printOption, printRecursively } from './print';
import {
  ConfigScope,
  optionKey,
  stepOf,
  type ConfigOption,
  type ConfigPath,
  type ConfigPlace,
} from './scope';
import { printValue } from './value';

export interface Writeback {
  /** New texts of files, by their paths. */
  readonly files: ReadonlyMap<string, string>;
  /** What no file can take, as configuration text; '' when everything has its place. */
  readonly unsaved: string;
}

interface Change {
  readonly path: ConfigPath;
  /** Undefined for a whole scope. */
  readonly name: string | undefined;
  /** Undefined when it is unset. */
  readonly option: ConfigOption | undefined;
  /** Statements of the files that are concerned. */
  readonly places: readonly ConfigPlace[];
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Plans how the files that `base` was read from come to say what `running` says. */
export function planWriteback(base: Configuration, running: Configuration): Writeback {
  const plan = new Plan(base, running);
  for (const change of changesBetween(base.root, running.root, [])) plan.add(change);
  return plan.finish();
}

function* changesBetween(before: ConfigScope, after: ConfigScope, path: ConfigPath): Generator<Change> {
  if (before === after) return;
  for (const [key, member] of before.members) {
    if (after.members.has(key)) continue;
    if (member instanceof ConfigScope)
      yield { path: [...path, stepOf(member)], name: undefined, option: undefined, places: inFiles(member) };
    else yield { path, name: member.name, option: undefined, places: inFiles(member) };
  }
  for (const [key, member] of after.members) {
    const old = before.members.get(key);
    if (member instanceof ConfigScope) {
      const oldScope = old instanceof ConfigScope ? old : ConfigScope.EMPTY;
      yield* changesBetween(oldScope, member, [...path, stepOf(member)]);
    } else if (member !== old) {
      // What is not live here is an implicit setting again.
      yield {
        path,
        name: member.name,
        option: member.isLive ? member : undefined,
        places: old ? inFiles(old) : [],
      };
    }
  }
}

function inFiles({ places }: ConfigOption | ConfigScope): ConfigPlace[] {
  return places.filter(({ file }) => file !== IMPLICIT_FILE);
}

/** They say where the others go, so that they stand in the main file wherever it can be written. */
const GOVERNING: ReadonlySet<string> = new Set(['Local_Changes_File', 'Local_Changes_Only'].map(optionKey));
/** Stands for the file that there is not, in which the product keeps what it cannot save. */
const VIRTUAL_FILE = '';

class Plan {
  readonly #base: Configuration;
  readonly #texts: ReadonlyMap<string, string>;
  readonly #writable: ReadonlySet<string>;
  readonly #localOnly: boolean;
  readonly #localFile: string | undefined;
  readonly #edits = new Map<string, Edit[]>();
  /** What is added to the end of a file. */
  readonly #additions = new Map<string, ConfigScope>();
  readonly #unsaved: string[] = [];

  constructor(base: Configuration, running: Configuration) {
    this.#base = base;
    this.#texts = new Map(base.files.map((file) => [file.path, file.text]));
    this.#writable = new Set(base.files.filter((file) => file.isWritable).map((file) => file.path));
    this.#localOnly = running.evaluate([], 'Local_Changes_Only')?.boolean() ?? false;
    const local = running.localChangesFile;
    // A file that is included already cannot be the one for local changes.
    this.#localFile = local !== undefined && this.#texts.has(local) ? base.localChangesFile : local;
  }

  add(change: Change): void {
    if (change.option) this.#set(change, change.option);
    else this.#unset(change);
  }

  #set({ path, places }: Change, option: ConfigOption): void {
    const key = optionKey(option.name);
    const isGoverning = path.length === 0 && GOVERNING.has(key);
    const last = places.at(-1);
    if (last && this.#takes(last.file, isGoverning)) {
      this.#edit(last.file, { start: last.valueStart!, end: last.end, text: printValue(option.value) });
      return;
    }
    const stanza = this.#firstWritablePlace(path, last?.order ?? 0);
    if (stanza) this.#insert(stanza, option);
    else this.#append(path, option, isGoverning);
  }

  /** Whether changes go into a file. */
  #takes(file: string, isGoverning = false): boolean {
    return this.#writable.has(file) && (isGoverning || !this.#localOnly || file === this.#localFile);
  }

  /** Behind what sets the option now: there it would have no effect. */
  #firstWritablePlace(path: ConfigPath, after: number): ConfigPlace | undefined {
    return this.#base.find(path)?.places.find((place) => place.order > after && this.#takes(place.file));
  }

  #insert({ file, end, isFile }: ConfigPlace, option: ConfigOption): void {
    const at = isFile ? end : end - 1;
    const indent = isFile ? '' : '  ';
    this.#edit(file, { start: at, end: at, text: `\n${printOption(option, indent)}\n` });
  }

  #append(path: ConfigPath, option: ConfigOption, isGoverning: boolean): void {
    const { mainFile = VIRTUAL_FILE } = this.#base;
    const inMain = isGoverning && this.#takes(mainFile, true);
    const wanted = inMain ? mainFile : (this.#localFile ?? mainFile);
    // A file that was not there yet can be written.
    const file = this.#texts.has(wanted) && !this.#takes(wanted, inMain) ? VIRTUAL_FILE : wanted;
    const addition = this.#additions.get(file) ?? ConfigScope.EMPTY;
    this.#additions.set(
      file,
      addition.change(path, (scope) => scope.with(optionKey(option.name), option)),
    );
  }

  /** Nothing can take away what stands in a file that is not written. */
  #unset({ places, path, name }: Change): void {
    if (places.some((place) => !this.#takes(place.file)))
      this.#unsaved.push(`# unset: ${[...path.flat(), ...(name === undefined ? [] : [name])].join(' ')}`);
    for (const { file, start, end } of places)
      if (this.#takes(file)) this.#edit(file, { start, end, text: '' });
  }

  #edit(file: string, edit: Edit): void {
    const edits = this.#edits.get(file);
    if (edits) edits.push(edit);
    else this.#edits.set(file, [edit]);
  }

  finish(): Writeback {
    const files = new Map<string, string>();
    for (const [file, edits] of this.#edits) files.set(file, applyEdits(this.#texts.get(file)!, edits));
    for (const [file, scope] of this.#additions) {
      const rows = printRecursively(scope);
      const text = files.get(file) ?? this.#texts.get(file) ?? '';
      if (file === VIRTUAL_FILE) this.#unsaved.push(...rows);
      else files.set(file, `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${rows.join('\n')}\n`);
    }
    return { files, unsaved: this.#unsaved.join('\n') };
  }
}

/** Edits within a part that is taken away are lost with it. */
function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = '';
  let from = 0;
  for (const edit of [...edits].sort((a, b) => a.start - b.start || b.end - a.end)) {
    if (edit.start < from) continue;
    result += text.slice(from, edit.start) + edit.text;
    from = edit.end;
  }
  return result + text.slice(from);
}
