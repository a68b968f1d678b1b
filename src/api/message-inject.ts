import { LuaRaise, type LuaValue } from '../lua';
import type { Message } from '../server/messages/message';
import { addressesOf, bareAddress } from './envelope-address';
import { contentOf } from './message-content';
import { forwardMessage } from './message-forward';
import type { ApiImplementation, ApiTable } from './runtime';
import { text } from './values';

const LINE_END = /[\r\n]/;

/** A text for one line of a header. */
function oneLine(value: LuaValue, name: string, position: number): string {
  const line = text(value);
  if (!LINE_END.test(line)) return line;
  throw new LuaRaise(`bad argument #${position} to '${name}' (a line end would end the header)`);
}

export interface Envelope {
  readonly from: string;
  readonly to: string[];
}

/** Sender and recipients; raises when there is no recipient. */
export function readEnvelope(sender: LuaValue, recipients: LuaValue, name: string): Envelope {
  const from = bareAddress(oneLine(sender, name, 1));
  const to = addressesOf(oneLine(recipients, name, 2));
  if (to.length > 0) return { from, to };
  throw new LuaRaise(`bad argument #2 to '${name}' (an address expected)`);
}

/** Sends the content of the message, which itself stays as it is (4/lua/ref-msg-inject). */
const inject: ApiImplementation = async ({ server }, [message, sender, recipients]) => {
  const envelope = readEnvelope(sender, recipients, 'inject');
  const { raw } = contentOf(message);
  if (raw.length === 0)
    throw new LuaRaise('msg:inject: the message is empty; give it a content with msg:build or msg:raw');
  const { context } = message as Message;
  await server.reception.submit({ ...envelope, raw, context });
  return undefined;
};

const isAscii = (bytes: string) => /^[\t\r\n\x20-\x7e]*$/.test(bytes);

const forward: ApiImplementation = async (
  { server },
  [message, sender, recipients, given, subject, charset],
) => {
  const envelope = readEnvelope(sender, recipients, 'forward');
  const body = text(given);
  if (charset === undefined && !isAscii(body))
    throw new LuaRaise(
      "bad argument #5 to 'forward' (the character set of a text that is not ASCII expected)",
    );
  const raw = forwardMessage({
    ...envelope,
    subject: subject === undefined ? undefined : oneLine(subject, 'forward', 4),
    text: Buffer.from(body, 'latin1'),
    charset: charset === undefined ? undefined : oneLine(charset, 'forward', 5),
    original: contentOf(message).raw,
    date: server.clock.now(),
  });
  await server.reception.submit({ ...envelope, raw });
  return undefined;
};

/** 4/lua/ref-msg-inject, 4/lua/ref-msg-forward */
export const messageInject: ApiTable = { 'msg:inject': inject, 'msg:forward': forward };
