import { readFileSync, statSync } from 'node:fs';
import { Source, type LuaValue, type ModuleSearch } from '../lua';

export const DEFAULT_LUA_PATH = './?.lua';

/** `package.path` from LUA_PATH, where `;;` stands for the default path. */
export function pathFromEnvironment(luaPath: string | undefined): string {
  if (luaPath === undefined) return DEFAULT_LUA_PATH;
  return luaPath.replaceAll(';;', `;${DEFAULT_LUA_PATH};`).replace(/^;|;$/g, '');
}

/** Finds a module as 5.1's Lua loader does: the first pattern whose file, `?` being the name, can be read. */
export function findOnPath(path: LuaValue, name: string): ModuleSearch {
  if (typeof path !== 'string') return { tried: ["'package.path' is no string"] };
  const tried: string[] = [];
  for (const pattern of path.split(';').filter(Boolean)) {
    const file = pattern.replaceAll('?', name.replaceAll('.', '/'));
    const onDisk = Buffer.from(file, 'latin1').toString('utf8');
    if (isFile(onDisk)) return { source: readModule(onDisk, file) };
    tried.push(`no file '${file}'`);
  }
  return { tried };
}

const isFile = (file: string) => statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;

function readModule(file: string, name: string): Source {
  return new Source(`@${name}`, readFileSync(file, 'latin1').replace(/^#[^\n]*/, ''), file);
}
