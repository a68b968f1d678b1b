/** The format specifiers of custom_logger as macros (4/modules/custom-logger). */
import { calendarTime, formatTime } from '../lua/stdlib/calendar';
import { timeZone } from '../lua/stdlib/time-zone';
import { addressParts } from '../server/delivery/address';
import type { Message } from '../server/messages/message';
import { byteString } from '../server/bytes';
import { bindingOf } from './message';
import { routingDomainOf } from './message-binding';
import { pathwayOf } from './message-core';
import type { MacroFamily, MacroSubject } from './macro-subject';

/** What `%i`, `%BI` and `%CI` are without a message. */
const NO_ID = '00/00-00000-00000000';
const TIME_DIGITS = 2;

type Specifier = (subject: MacroSubject, argument: string) => string | undefined;

/** A specifier that is empty, or something else, without a message. */
const of =
  (
    read: (message: Message, subject: MacroSubject, argument: string) => string | undefined,
    without = '',
  ): Specifier =>
  (subject, argument) =>
    subject.message ? (read(subject.message, subject, argument) ?? '') : without;

/** Seconds since the message came, with so many digits after the point. */
function timeEnqueued(message: Message, { runtime }: MacroSubject, digits: string): string {
  const seconds = (runtime.server.clock.millis() - message.created.getTime()) / 1000;
  return seconds.toFixed(digits === '' ? TIME_DIGITS : Number(digits));
}

const bound = (key: 'name' | 'group') =>
  of((message, { runtime }) => {
    const binding = bindingOf(runtime, message);
    return binding && byteString(binding[key]);
  });

/** Local part or domain of an address of the envelope. */
const part = (end: 'from' | 'to', which: 'localpart' | 'domain') =>
  of((message) => addressParts(message[end])[which]);

const SPECIFIERS: Readonly<Record<string, Specifier>> = {
  A: ({ context }) => context.connection.get('auth_name') ?? '',
  U: ({ context }) => context.connection.get('auth_user') ?? '',
  b: bound('name'),
  g: bound('group'),
  B: of(({ size }) => String(size ?? 0)),
  i: of(({ id }) => id, NO_ID),
  BI: of(({ batchId }) => batchId, NO_ID),
  CI: of(({ origin }) => origin.connectionId, NO_ID),
  OC: of(({ lastAttempt }) => lastAttempt?.connectionId),
  d: of((message) => byteString(routingDomainOf(message))),
  H: ({ message, peer }) => message?.lastAttempt?.ip ?? peer,
  h: of(({ content }, _subject, name) => content?.headers.get(name)[0]),
  m: part('from', 'localpart'),
  M: part('from', 'domain'),
  r: part('to', 'localpart'),
  R: part('to', 'domain'),
  n: of(({ code }) => code),
  N: of(({ retries }) => String(retries)),
  P: of(pathwayOf),
  p: of(({ origin }) => origin.method, 'unknown'),
  S: of(({ lastAttempt }) => String(lastAttempt?.stage ?? 0)),
  t: ({ runtime }, format) => {
    const seconds = runtime.server.clock.seconds();
    if (format === '') return String(seconds);
    return formatTime(format, calendarTime(seconds, timeZone(runtime.vm.options.timezone)(seconds))!);
  },
  T: of(timeEnqueued),
  vctx_conn: ({ context }, key) => context.connection.get(key) ?? '',
  vctx_mess: ({ context }, key) => context.message.get(key) ?? '',
};

const MACRO = /^(\w+)(?:\{([^{}]*)\})?$/;

export const loggerMacro: MacroFamily = (name, subject) => {
  const [, specifier = '', argument = ''] = MACRO.exec(name) ?? [];
  return Object.hasOwn(SPECIFIERS, specifier) ? SPECIFIERS[specifier]!(subject, argument) : undefined;
};
