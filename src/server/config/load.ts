import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError } from '../../support/errors';
import { excerptOf, type TextPosition } from '../../support/excerpt';
import { IMPLICIT_CONFIG, IMPLICIT_FILE } from './default-config';
import type { ConfigFiles } from './files';
import { parseStatements } from './parser';
import { ConfigScope, optionKey, scopeKey, type ConfigOption, type ConfigPlace } from './scope';
import type { IncludeStatement, OptionStatement, ScopeStatement } from './statements';

/** A configuration as a test gives it: a file's path, or a text, with the path it pretends to have. */
export type ConfigSource = { readonly file: string } | { readonly text: string; readonly file?: string };

/** A file that a configuration was read from. */
export interface LoadedFile {
  readonly path: string;
  readonly text: string;
  /** Whether live changes may be written back into it (4/conf-overview). */
  readonly isWritable: boolean;
}

export interface LoadOptions {
  /** Directories that relative includes are looked up in, after the directory of the including file. */
  readonly searchPath?: readonly string[];
}

export interface LoadedConfig {
  readonly root: ConfigScope;
  /** In the order in which they were first read; not the implicit settings. */
  readonly files: readonly LoadedFile[];
  /** Undefined for a text. */
  readonly main: string | undefined;
}

/** The master file's search path without the directory of the node (4/config/ref-ecelerity-conf). */
export const DEFAULT_SEARCH_PATH: readonly string[] = [
  '/opt/msys/ecelerity/etc/conf/global',
  '/opt/msys/ecelerity/etc/conf/default',
];

/** How a text without a path is named in messages. */
export const TEXT_FILE = 'ecelerity.conf';

/**
 * Reads a configuration with all that it includes (4/conf-overview) over the implicit settings. Throws
 * ConfigSyntaxError for a text that cannot be read, ConfigError for a file that cannot be included.
 */
export function loadConfig(
  source: ConfigSource,
  files: ConfigFiles,
  options: LoadOptions = {},
): LoadedConfig {
  return new Loader(files, options.searchPath ?? DEFAULT_SEARCH_PATH).load(source);
}

/** A scope while it is being read. */
interface Builder {
  readonly type: string;
  readonly instance: string | undefined;
  readonly members: Map<string, ConfigOption | Builder>;
  readonly places: ConfigPlace[];
}

interface FileState {
  readonly path: string;
  readonly text: string;
  isReadonly: boolean;
}

class Loader {
  readonly #files: ConfigFiles;
  readonly #searchPath: readonly string[];
  readonly #loaded = new Map<string, FileState>();
  /** Files that are being read: one that includes itself never ends. */
  readonly #open: string[] = [];
  /** How many options and ends of scopes have been read. */
  #count = 0;

  constructor(files: ConfigFiles, searchPath: readonly string[]) {
    this.#files = files;
    this.#searchPath = searchPath;
  }

  load(source: ConfigSource): LoadedConfig {
    const root = builder('', undefined);
    this.#statements(root, { path: IMPLICIT_FILE, text: IMPLICIT_CONFIG, isReadonly: true });
    const main = 'text' in source ? undefined : path.resolve(source.file);
    const name = main ?? ('text' in source ? source.file : undefined) ?? TEXT_FILE;
    const text = 'text' in source ? source.text : this.#read(source.file);
    this.#file(root, { path: name, text, isReadonly: false });
    this.#localChanges(root, name);
    return {
      root: finish(root),
      files: [...this.#loaded.values()].map((file) => ({
        path: file.path,
        text: file.text,
        isWritable: !file.isReadonly && (file.path !== name || main !== undefined),
      })),
      main,
    };
  }

  #read(file: string): string {
    const text = this.#files.readFile(path.resolve(file));
    if (text === undefined)
      throw new ConfigError(`Unable to open the configuration file '${file}': no such file`, { file });
    return text;
  }

  #file(target: Builder, file: FileState): void {
    const known = this.#loaded.get(file.path);
    if (known) known.isReadonly = true;
    else this.#loaded.set(file.path, file);
    this.#open.push(file.path);
    if (target.type === '') this.#statements(target, file);
    else this.#included(target, file);
    this.#open.pop();
  }

  /** In a stanza, a file is one more place of the scope. */
  #included(scope: Builder, file: FileState): void {
    const whole = { start: 0, end: file.text.length, line: 1, column: 1 };
    this.#placed(scope, { ...whole, isFile: true }, file, () => this.#statements(scope, file));
  }

  #placed(
    { places }: Builder,
    place: Omit<ConfigPlace, 'file' | 'order'>,
    { path: file }: FileState,
    read: () => void,
  ) {
    const at = places.push({ ...place, file, order: 0 }) - 1;
    read();
    places[at] = { ...place, file, order: ++this.#count };
  }

  /** Stanzas of the same type and instance are one scope; of an option the later value counts. */
  #statements(target: Builder, file: FileState, statements = parseStatements(file.text, file.path)): void {
    for (const statement of statements) {
      if (statement.kind === 'option') this.#option(target, statement, file);
      else if (statement.kind === 'include') this.#include(target, statement, file);
      else {
        const scope = scopeOf(target, statement);
        this.#placed(scope, statement.span, file, () => this.#statements(scope, file, statement.body));
      }
    }
  }

  #option({ members }: Builder, { name, value, valueStart, span }: OptionStatement, file: FileState): void {
    const key = optionKey(name);
    const before = members.get(key) as ConfigOption | undefined;
    const place = { ...span, file: file.path, valueStart, order: ++this.#count };
    members.set(key, { name, value, places: [...(before?.places ?? []), place] });
  }

  #include(target: Builder, statement: IncludeStatement, from: FileState): void {
    const fail = (reason: string): never => {
      throw includeError(reason, from, statement.span);
    };
    const name = localPath(statement.target);
    if (name === undefined)
      return fail(`cannot include '${statement.target}': only files are simulated, no other kind of URI`);
    for (const candidate of this.#candidates(name, from.path)) {
      const found = this.#filesAt(candidate);
      if (!found) continue;
      for (const file of found) {
        if (this.#open.includes(file.path)) fail(`'${file.path}' includes itself`);
        this.#file(target, { ...file, isReadonly: statement.isReadonly });
      }
      return;
    }
    return fail(`cannot include '${statement.target}': no such file or directory`);
  }

  #candidates(name: string, from: string): string[] {
    return [path.dirname(from), ...this.#searchPath].map((directory) => path.resolve(directory, name));
  }

  /** The file at a path, or those in a directory: not the hidden ones, in alphabetical order, no sub-directories. */
  #filesAt(at: string): { path: string; text: string }[] | undefined {
    const text = this.#files.readFile(at);
    if (text !== undefined) return [{ path: at, text }];
    const names = this.#files.listDirectory(at)?.filter((name) => !name.startsWith('.'));
    return names?.sort().flatMap((name) => {
      const file = path.join(at, name);
      const content = this.#files.readFile(file);
      return content === undefined ? [] : [{ path: file, text: content }];
    });
  }

  /** Loaded after everything else, wherever the option stands (4/config/ref-local-changes-file). */
  #localChanges(root: Builder, main: string): void {
    const option = root.members.get(optionKey('Local_Changes_File'));
    if (!option || 'members' in option) return;
    const file = localChangesPath(option, main);
    if (file === undefined) return;
    const place = option.places.at(-1)!;
    if (this.#loaded.has(file)) {
      const from = this.#loaded.get(place.file)!;
      throw includeError(`Local_Changes_File '${file}' is a part of the configuration already`, from, place);
    }
    const text = this.#files.readFile(file);
    if (text !== undefined) this.#file(root, { path: file, text, isReadonly: false });
  }
}

/** A relative Local_Changes_File is beside the main file. */
export function localChangesPath({ value }: ConfigOption, main = TEXT_FILE): string | undefined {
  return value.kind === 'text' ? path.resolve(path.dirname(main), value.text) : undefined;
}

function includeError(reason: string, { path: file, text }: FileState, at: TextPosition): ConfigError {
  const { line, column } = at;
  const excerpt = excerptOf(text, at);
  return new ConfigError(`${file}:${line}:${column}: ${reason}\n\n${excerpt}`, {
    file,
    line,
    column,
    excerpt,
    frames: [{ name: 'configuration', file, line, column, kind: 'main' }],
  });
}

/** The path of an include's target; undefined for a URI that is no file. */
function localPath(target: string): string | undefined {
  if (target.startsWith('file://')) return fileURLToPath(target);
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(target) ? undefined : target;
}

function builder(type: string, instance: string | undefined): Builder {
  return { type, instance, members: new Map(), places: [] };
}

function scopeOf({ members }: Builder, { type, instance }: ScopeStatement): Builder {
  const key = scopeKey(type, instance);
  const known = members.get(key) as Builder | undefined;
  if (known) return known;
  const made = builder(type, instance);
  members.set(key, made);
  return made;
}

function finish({ type, instance, members, places }: Builder): ConfigScope {
  const finished = new Map<string, ConfigOption | ConfigScope>();
  for (const [key, member] of members) finished.set(key, 'members' in member ? finish(member) : member);
  return new ConfigScope(type, instance, finished, places);
}
