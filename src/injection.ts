/** What the HTTP listener's generator would have made, for `mta.inject`. */
import { byteString } from './server/bytes';
import { readContextFixture, type ContextFixture } from './server/messages/context-fixture';
import type { OwnMail } from './server/reception/reception';
import { composeMessage, type MessageOptions } from './smtp/compose';
import { UsageError } from './support/errors';

export interface InjectOptions {
  /** Envelope addresses; the null sender is the empty string. */
  readonly from: string;
  readonly to: string | readonly string[];
  /** The whole message: bytes as they are, or a text, sent as UTF-8 with CRLF line ends. */
  readonly data?: string | Uint8Array;
  /** What is in it, instead; a message with a subject and a line of text when both are left out. */
  readonly message?: MessageOptions;
  /** Context variables that it has from the start. */
  readonly context?: ContextFixture;
}

const KNOWN = ['from', 'to', 'data', 'message', 'context'];
const DEFAULT_MESSAGE: MessageOptions = { subject: 'test', text: 'This is a test.' };

/** Throws UsageError, naming the option, for what cannot be injected. */
export function readInjection(options: InjectOptions, now: Date): OwnMail {
  if (typeof options !== 'object' || (options as unknown) === null)
    throw new UsageError('inject: an object of options expected');
  const unknown = Object.keys(options).find((name) => !KNOWN.includes(name));
  if (unknown !== undefined)
    throw new UsageError(`inject: unknown option '${unknown}'; known are ${KNOWN.join(', ')}`);
  const { data, message, context } = options;
  if (data !== undefined && message !== undefined)
    throw new UsageError('inject: give data or message, not both');
  const from = readAddress(options.from, 'from');
  const to = [options.to].flat().map((address) => readAddress(address, 'to'));
  if (to.length === 0 || to.includes('')) throw new UsageError('inject: to: an address expected');
  const raw =
    data === undefined ? composeMessage(message ?? DEFAULT_MESSAGE, { from, to }, now) : readData(data);
  return {
    from: byteString(from),
    to: to.map(byteString),
    raw,
    context: readContextFixture(context ?? {}, 'inject: context'),
  };
}

function readAddress(address: unknown, option: string): string {
  if (typeof address === 'string' && !/[\r\n<>]/.test(address)) return address;
  throw new UsageError(
    `inject: ${option}: an address without brackets expected, not ${JSON.stringify(address)}`,
  );
}

function readData(data: unknown): Buffer {
  if (typeof data === 'string') return Buffer.from(data.replace(/\r\n|\r|\n/g, '\r\n'), 'utf8');
  if (data instanceof Uint8Array) return Buffer.from(data);
  throw new UsageError(`inject: data: a text or bytes expected, not ${JSON.stringify(data)}`);
}
