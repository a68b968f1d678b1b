/** The least that a simulator on plain fengari would have to do: a yardstick, with none of the product's rules. */
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const { lua, lauxlib, lualib, to_luastring } = createRequire(import.meta.url)('fengari');

/** newstate, openlibs and load of a file, as `luaL_dofile` would before running it. */
export function load(file) {
  const source = readFileSync(file);
  const L = lauxlib.luaL_newstate();
  lualib.luaL_openlibs(L);
  if (lauxlib.luaL_loadbuffer(L, source, source.length, to_luastring(`@${file}`)) !== lua.LUA_OK)
    throw new Error(lua.lua_tojsstring(L, -1));
  return L;
}

/** A state with one Lua function that reads a text from the host and hands one back, and the way to call it. */
export function handler() {
  const L = lauxlib.luaL_newstate();
  lualib.luaL_openlibs(L);
  let answer = '';
  lua.lua_register(L, to_luastring('url'), (l) => {
    lua.lua_pushliteral(l, '/greeting');
    return 1;
  });
  lua.lua_register(L, to_luastring('respond'), (l) => {
    answer = lua.lua_tojsstring(l, 1);
    return 0;
  });
  const source = to_luastring('return function() respond(url() .. " says hello") end');
  if (lauxlib.luaL_dostring(L, source) !== lua.LUA_OK) throw new Error(lua.lua_tojsstring(L, -1));
  return () => {
    lua.lua_pushvalue(L, -1);
    if (lua.lua_pcall(L, 0, 0, 0) !== lua.LUA_OK) throw new Error(lua.lua_tojsstring(L, -1));
    return answer;
  };
}
