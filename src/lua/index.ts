/** Momentum's Lua: what the floors above use of it. Knows no mail. */
export { LuaError, LuaLimitError, LuaSyntaxError } from './errors';
export { Source, chunkId, toDisplay } from './syntax/source';
export { formatNumber, stringToNumber } from './syntax/numbers';
export { LuaVM, type LuaLimits, type LuaOptions, type ModuleSearch } from './vm/state';
export { LuaFunction, LuaTable, LuaThread, LuaUserdata, type LuaValue } from './vm/values';
export { canSuspend, LuaRaise, type HostCall, type HostImplementation, type HostResult } from './vm/host';
export { compileCached } from './compile/cache';
export type { FunctionBody, Position } from './syntax/tree';
export type { UserdataClass } from './vm/classes';
export { callerOf, callerPlace, definitionOf } from './vm/stack';
export { asSystemError } from './stdlib/system-errors';
export { NO_FILES } from './system';
export type { LuaFile, LuaFiles, LuaProcesses, OpenMode, ProcessCaller, ProcessOutcome } from './system';
