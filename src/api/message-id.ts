import type { ClassDeclaration } from './classes';

/** The id of a message, batch or connection, in the form that `SpoolIds` makes. */
export class MessageId {
  constructor(readonly id: string) {}
}

/** `tostring()` gives the readable form (4/lua/ref-msg-id). */
export const messageId: ClassDeclaration<MessageId> = {
  name: 'msys.core:_message_id',
  tostring: ({ id }) => id,
};
