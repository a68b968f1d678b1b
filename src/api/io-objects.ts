import type { LuaValue } from '../lua';
import type { ClassDeclaration } from './classes';
import { IoObject } from './io-object';
import { bindObject } from './objects';
import type { Runtime } from './runtime';

/** An open resource (3/3-api/structs-io-object). */
export const ioObject: ClassDeclaration<IoObject> = { name: 'msys.core:_io_object' };

export function bindIo(runtime: Runtime, io: IoObject): LuaValue {
  return bindObject(runtime, ioObject, io);
}
