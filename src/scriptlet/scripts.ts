/** Script stanzas and where their sources, and those that they require, are found. */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { catalogue } from '../catalogue';
import { Source } from '../lua';
import { ConfigError, UsageError } from '../support/errors';

/** A path, or Lua text under a name; each becomes a script stanza. */
export type ModuleOption =
  | string
  | { readonly name?: string; readonly path: string }
  | { readonly name: string; readonly source: string };

export interface Script {
  readonly name: string;
  /** Absolute path of its file, undefined when it is given in another way. */
  readonly path: string | undefined;
  /** Its text, when that was given. */
  readonly text: string | undefined;
  /** The `source` of a stanza of the configuration, looked up as `require` does. */
  readonly source?: string;
  /** The name is the user's choice, not made from the file's or needed for want of one. */
  readonly isNamed: boolean;
}

export function readModulesOption(modules: unknown): Script[] {
  if (!Array.isArray(modules))
    throw new UsageError(`option modules: an array expected, not ${describe(modules)}`);
  return modules.map((module: unknown, i) => scriptOf(module, `option modules[${i}]`));
}

function scriptOf(module: unknown, where: string): Script {
  if (typeof module === 'string') return fileScript(module, undefined, where);
  if (typeof module === 'object' && module !== null) {
    const { name, path: file, source } = module as Record<string, unknown>;
    if (typeof file === 'string' && source === undefined && (name === undefined || typeof name === 'string'))
      return fileScript(file, name, where);
    if (typeof source === 'string' && typeof name === 'string' && name !== '' && file === undefined)
      return { name, path: undefined, text: source, isNamed: false };
  }
  throw new UsageError(
    `${where}: a path, { name, path } or { name, source } expected, not ${describe(module)}`,
  );
}

function fileScript(file: string, name: string | undefined, where: string): Script {
  if (file === '') throw new UsageError(`${where}: an empty path`);
  return {
    name: name ?? path.basename(file).replace(/\.lua$/, ''),
    path: path.resolve(file),
    text: undefined,
    isNamed: name !== undefined,
  };
}

const describe = (value: unknown) => (JSON.stringify(value) as string | undefined) ?? String(value);

/** How Lua knows a file: relative to the working directory where it lies below it, so that messages do not vary. */
export function chunkNameOf(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return `@${relative.startsWith('..') || path.isAbsolute(relative) ? file : relative.replaceAll('\\', '/')}`;
}

/** A first line that begins with `#` is for the shell; the line stays, so that numbers fit. */
const skipShebang = (text: string) => text.replace(/^#[^\n]*/, '');

const sources = new Map<string, { readonly stamp: string; readonly source: Source }>();

/** The source of a file; the same object as long as the file does not change. */
export function readSource(file: string): Source {
  const { mtimeMs, size } = statSync(file);
  const chunkName = chunkNameOf(file);
  const stamp = `${mtimeMs}:${size}:${chunkName}`;
  const known = sources.get(file);
  if (known?.stamp === stamp) return known.source;
  const source = new Source(chunkName, skipShebang(readFileSync(file, 'latin1')), file);
  sources.set(file, { stamp, source });
  return source;
}

/**
 * The source of a script, or the name of the package of the product's that its stanza names. Throws ConfigError with
 * the product's text when its file cannot be opened (4/4-implementing-policy-scriptlets).
 */
export function sourceOf(script: Script, finder: ModuleFinder): Source | { readonly product: string } {
  if (script.source !== undefined) return stanzaSource(script, script.source, finder);
  if (script.text !== undefined) {
    const chunkName = script.name.endsWith('.lua') ? script.name : `${script.name}.lua`;
    return new Source(`@${chunkName}`, skipShebang(Buffer.from(script.text, 'utf8').toString('latin1')));
  }
  const file = script.path!;
  try {
    return finder.memorySource(file) ?? readSource(file);
  } catch (error) {
    const { errno = 0, code = '' } = error as NodeJS.ErrnoException;
    const advice = `Script "${script.name}" names this file: check the path (relative paths start at ${process.cwd()}).`;
    throw cannotOpen(file, `errno=${Math.abs(errno)} ${ERRORS[code] ?? code}`, advice, error);
  }
}

/** Dots and slashes both separate directories, and the extension is left out: `a.b.lua` means a/b/lua.lua. */
function stanzaSource(script: Script, source: string, finder: ModuleFinder): Source | { product: string } {
  const name = source.replaceAll('/', '.');
  const found = finder.find(name);
  if (found === 'product') return { product: name };
  if ('source' in found) return found.source;
  const looked = found.tried.map((place) => `\n  ${place}`).join('');
  const advice = `Script "${script.name}" has source = "${source}"; the extension .lua is not written. Looked for:${looked}`;
  const file = finder.firstCandidate(name);
  throw cannotOpen(file, 'errno=2 No such file or directory', advice);
}

function cannotOpen(file: string, reason: string, advice: string, cause?: unknown): ConfigError {
  return new ConfigError(`Unable to open '${file}', ${reason}\n\n${advice}`, { file }, cause);
}

const ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'No such file or directory',
  EACCES: 'Permission denied',
  EISDIR: 'Is a directory',
};

/** Finds modules for `require`: the roots in order, `a.b` as a/b.lua; then the product's own packages. */
export class ModuleFinder {
  constructor(
    private readonly roots: readonly string[],
    /** The content of a file that is in memory; it comes before a real one of the same path. */
    private readonly memory: (file: string) => Buffer | undefined,
  ) {}

  find(name: string): { readonly source: Source } | { readonly tried: string[] } | 'product' {
    const relative = relativePath(name);
    const tried: string[] = [];
    for (const root of this.roots) {
      const file = path.join(root, relative);
      const source = this.memorySource(file);
      if (source) return { source };
      if (statSync(file, { throwIfNoEntry: false })?.isFile()) return { source: readSource(file) };
      tried.push(`no file '${chunkNameOf(file).slice(1)}'`);
    }
    if (catalogue.isPackage(name)) return 'product';
    const nearest = catalogue.nearest(name, [...catalogue.packages()]);
    if (nearest) tried.push(`(Momentum has a package '${nearest}': did you mean that?)`);
    return { tried };
  }

  /** The source of a file in memory. */
  memorySource(file: string): Source | undefined {
    const content = this.memory(file);
    return content && new Source(chunkNameOf(file), skipShebang(content.toString('latin1')), file);
  }

  /** Where a module is looked for first. */
  firstCandidate(name: string): string {
    return path.join(this.roots[0] ?? process.cwd(), relativePath(name));
  }
}

const relativePath = (name: string) => `${name.replaceAll('.', '/')}.lua`;
