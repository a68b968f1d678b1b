import { LuaRaise, type LuaValue } from '../lua';
import type { ClassDeclaration } from './classes';
import { text } from './values';

/** The id of a message, batch or connection, in the form that `SpoolIds` makes. */
export class MessageId {
  constructor(readonly id: string) {}
}

function operand(value: LuaValue): string {
  if (value instanceof MessageId) return value.id;
  if (typeof value === 'string' || typeof value === 'number') return text(value);
  throw new LuaRaise('attempt to concatenate a message id and a value that is no string');
}

/** `tostring()` gives the readable form, and so does `..` (4/lua/ref-msg-id). */
export const messageId: ClassDeclaration<MessageId> = {
  name: 'msys.core:_message_id',
  tostring: ({ id }) => id,
  concat: (left, right) => operand(left) + operand(right),
};
