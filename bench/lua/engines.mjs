/** The two interpreters in JavaScript, alike: `load(text)` answers a function that runs the program for its answer. */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** The interpreter of the package, from dist/; every program in a VM of its own. */
function momentum() {
  const { LuaVM, Source } = require('../../dist/lua/index.js');
  return (text) => {
    const vm = new LuaVM();
    const program = vm.load(new Source('=program', text));
    return () => vm.callSync(program)[0];
  };
}

/** fengari as it is published: a Lua 5.3. */
function fengari() {
  const { lua, lauxlib, lualib, to_luastring } = require('fengari');
  return (text) => {
    const L = lauxlib.luaL_newstate();
    lualib.luaL_openlibs(L);
    if (lauxlib.luaL_loadstring(L, to_luastring(text)) !== lua.LUA_OK)
      throw new Error(lua.lua_tojsstring(L, -1));
    return () => {
      lua.lua_pushvalue(L, -1);
      if (lua.lua_pcall(L, 0, 1, 0) !== lua.LUA_OK) throw new Error(lua.lua_tojsstring(L, -1));
      const answer = lua.lua_tojsstring(L, -1);
      lua.lua_pop(L, 1);
      return answer;
    };
  };
}

export const ENGINES = { momentum, fengari };
