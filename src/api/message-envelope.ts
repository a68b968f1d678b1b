import { LuaRaise, type HostCall, type LuaValue } from '../lua';
import { addressParts } from '../server/delivery/address';
import type { Message } from '../server/messages/message';
import { coreConstant } from './constants';
import { EcString } from './ec-string';
import { bareAddress, decorated, undecorated } from './envelope-address';
import { requirePhase } from './phases';
import type { ApiImplementation, ApiTable, Runtime } from './runtime';
import { counted, text } from './values';

const COMMANDS = { from: 'MAIL FROM', to: 'RCPT TO' } as const;
type End = keyof typeof COMMANDS;

const RCPTTO_CHANGE = {
  name: 'msg:rcptto(address)',
  phases: ['data_spool_each_rcpt', 'set_binding'],
  doc: '4/lua/ref-msg-rcptto',
} as const;

/** Which of the two addresses flags mean, and whether all of it belongs into the first buffer. */
function readFlags(runtime: Runtime, given: LuaValue): { end: End; isComplete: boolean } {
  const flags = Number(given);
  const has = (name: string) => (flags & coreConstant(runtime, name)) !== 0;
  const [from, to] = [has('EC_MSG_ENV_FROM'), has('EC_MSG_ENV_TO')];
  if (from === to)
    throw new LuaRaise(
      'bad argument #1 to the envelope function (msys.core.EC_MSG_ENV_FROM or EC_MSG_ENV_TO expected, not both)',
    );
  return { end: from ? 'from' : 'to', isComplete: has('EC_MSG_ENV_COMPLETE') };
}

/** C's result, and whether the address is that of the null sender (3/3-api/apis-ec-message-get-envelope-2). */
const getEnvelope2: ApiImplementation = (runtime, [message, flags, first, second]) => {
  const { end, isComplete } = readFlags(runtime, flags);
  const address = (message as Message)[end];
  const isNull = address === '' ? 1 : 0;
  const { localpart, domain } = addressParts(address);
  if (isNull === 0 && localpart === '') return [0, 0];
  (first as EcString).text = isComplete ? address : localpart;
  if (isComplete) return [1, isNull];
  if (!(second instanceof EcString))
    throw new LuaRaise("bad argument #3 to 'get_envelope2' (msys.core:_ec_string expected, got nil)");
  second.text = domain;
  return [1, isNull];
};

/** A counted buffer; -1 counts to its end. Undefined for C's NULL. */
function buffer(name: string, value: LuaValue, length: LuaValue): string | undefined {
  if (value === undefined) return undefined;
  return counted(name, value, Number(length) < 0 ? undefined : length);
}

/** 3/3-api/apis-ec-message-set-envelope */
const setEnvelope: ApiImplementation = (runtime, [target, flags, localpart, llen, domain, dlen], call) => {
  const { end, isComplete } = readFlags(runtime, flags);
  const message = target as Message;
  const [local, host] = [buffer('set_envelope', localpart, llen), buffer('set_envelope', domain, dlen)];
  if (isComplete) return setAddress(runtime, message, end, bareAddress(local ?? ''), call);
  if (local === undefined && host === undefined) return setAddress(runtime, message, end, '', call);
  const old = addressParts(message[end]);
  return setAddress(runtime, message, end, `${local ?? old.localpart}@${host ?? old.domain}`, call);
};

function setAddress(runtime: Runtime, message: Message, end: End, address: string, call: HostCall): number {
  if (end === 'to') requirePhase(runtime, RCPTTO_CHANGE, call);
  message[end] = address;
  return 1;
}

/** Gives the address, after setting it when there is one given. */
const address =
  (end: End): ApiImplementation =>
  (runtime, [target, given], call) => {
    const message = target as Message;
    if (given !== undefined) setAddress(runtime, message, end, bareAddress(text(given)), call);
    return message[end];
  };

const getDecorated =
  (end: End): ApiImplementation =>
  (_runtime, [message]) =>
    decorated(COMMANDS[end], (message as Message)[end]);

/** Takes the whole line of the command. */
const setDecorated =
  (end: End): ApiImplementation =>
  (runtime, [message, line, length], call) =>
    setAddress(runtime, message as Message, end, undecorated(buffer(`set_${end}`, line, length) ?? ''), call);

const FUNCTIONS: ApiTable = {
  get_envelope2: getEnvelope2,
  set_envelope: setEnvelope,
  get_mailfrom: getDecorated('from'),
  get_rcptto: getDecorated('to'),
  set_mailfrom: setDecorated('from'),
  set_rcptto: setDecorated('to'),
};

/** The envelope (4/lua/ref-msg-mailfrom, 4/lua/ref-msg-rcptto, 4/lua/ref-msg-get-envelope-2, 3/3-api/ec-message). */
export const messageEnvelope: ApiTable = {
  ...Object.fromEntries(
    Object.entries(FUNCTIONS).flatMap(([name, implementation]) => [
      [`msg:${name}`, implementation],
      [`msys.core.ec_message_${name}`, implementation],
    ]),
  ),
  'msg:mailfrom': address('from'),
  'msg:rcptto': address('to'),
};
