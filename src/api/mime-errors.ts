import { LuaRaise } from '../lua';
import { CharsetError } from '../mail/charset';
import { HeaderError } from '../mail/header-error';
import { MimeError } from '../mail/mime-error';
import { byteString } from '../server/bytes';
import type { ApiImplementation, ApiTable } from './runtime';

/** Runs something about the content of a message; what cannot be done there is an error of the script. */
export function raising<Result>(operation: () => Result): Result {
  try {
    return operation();
  } catch (error) {
    // Names a character: its message is text, those of the others are bytes as Lua has them.
    if (error instanceof CharsetError) throw new LuaRaise(byteString(error.message));
    if (error instanceof MimeError || error instanceof HeaderError) throw new LuaRaise(error.message);
    throw error;
  }
}

/** The same for all functions of a table. */
export function raisingAll(table: ApiTable): ApiTable {
  const entries = Object.entries(table).map(([name, implementation]): [string, ApiImplementation] => [
    name,
    (runtime, args, call) => raising(() => implementation(runtime, args, call)),
  ]);
  return Object.fromEntries(entries);
}
