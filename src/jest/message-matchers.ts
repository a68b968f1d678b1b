import type { ReceivedMessage } from '../index';
import type { MatcherContext, MatcherResult } from './globals';
import { listing, misuse, result, type Call } from './matcher-report';
import { fits, isPattern, type Pattern } from './patterns';
import { isReceivedMessage } from './recognise';

function messageOf(context: MatcherContext, call: Call, received: unknown): ReceivedMessage {
  if (isReceivedMessage(received)) return received;
  const rule =
    received === undefined
      ? 'is undefined: mta.messages has no message at that place'
      : 'must be a message: an element of mta.messages';
  throw misuse(context, call, 'received', rule, received);
}

function textOf(context: MatcherContext, call: Call, value: unknown, what: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw misuse(context, call, 'expected', `must be ${what}`, value);
}

/** Undefined when the test gave none. */
function patternOf(context: MatcherContext, call: Call, given: readonly unknown[]): Pattern | undefined {
  if (given.length === 0) return undefined;
  const [pattern] = given;
  if (isPattern(pattern)) return pattern;
  throw misuse(context, call, 'expected', 'must be a text or a pattern', pattern);
}

/** A text is compared as a whole. */
const equals = (text: string, pattern: Pattern) =>
  typeof pattern === 'string' ? text === pattern : fits(text, pattern);

function toHaveHeader(
  this: MatcherContext,
  received: unknown,
  name: unknown,
  ...given: unknown[]
): MatcherResult {
  const call: Call = { name: 'toHaveHeader', received: 'message', expected: ['name', 'value'] };
  const { headers } = messageOf(this, call, received);
  const header = textOf(this, call, name, 'the name of a header');
  const pattern = patternOf(this, call, given);
  const values = headers.all(header);
  const pass = pattern === undefined ? values.length > 0 : values.some((value) => equals(value, pattern));
  const { EXPECTED_COLOR, RECEIVED_COLOR, printExpected } = this.utils;
  const wanted = pattern === undefined ? header : `${header}: ${printExpected(pattern)}`;
  return result(this, call, pass, () => [
    `Expected header: ${this.isNot ? 'not ' : ''}${EXPECTED_COLOR(wanted)}`,
    values.length > 0
      ? listing(
          'Received',
          values.map((value) => RECEIVED_COLOR(`${header}: ${value}`)),
        )
      : listing('There is none of that name. Headers', [headers.names.join(', ')]),
  ]);
}

function toHaveContext(
  this: MatcherContext,
  received: unknown,
  key: unknown,
  ...given: unknown[]
): MatcherResult {
  const call: Call = { name: 'toHaveContext', received: 'message', expected: ['key', 'value'] };
  const { context } = messageOf(this, call, received);
  const name = textOf(this, call, key, 'the key of a context variable');
  const pattern = patternOf(this, call, given);
  const found = (['message', 'connection'] as const).filter((dictionary) =>
    Object.hasOwn(context[dictionary], name),
  );
  const pass =
    pattern === undefined
      ? found.length > 0
      : found.some((dictionary) => equals(context[dictionary][name] ?? '', pattern));
  const { EXPECTED_COLOR, RECEIVED_COLOR, printExpected, printReceived } = this.utils;
  const wanted = pattern === undefined ? name : `${name} = ${printExpected(pattern)}`;
  return result(this, call, pass, () => [
    `Expected context: ${this.isNot ? 'not ' : ''}${EXPECTED_COLOR(wanted)}`,
    ...(found.length > 0
      ? found.map((dictionary) => `Received in ${dictionary}: ${printReceived(context[dictionary][name])}`)
      : (['message', 'connection'] as const).map((dictionary) =>
          listing(
            `Context of the ${dictionary}`,
            Object.entries(context[dictionary]).map(([own, value]) => RECEIVED_COLOR(`${own} = ${value}`)),
          ),
        )),
  ]);
}

function toBeBoundTo(this: MatcherContext, received: unknown, binding: unknown): MatcherResult {
  const call: Call = { name: 'toBeBoundTo', received: 'message', expected: ['binding'] };
  const message = messageOf(this, call, received);
  const wanted = textOf(this, call, binding, 'the name of a binding');
  const { printExpected, printReceived } = this.utils;
  return result(this, call, message.binding === wanted, () => [
    `Expected binding: ${this.isNot ? 'not ' : ''}${printExpected(wanted)}`,
    `Received binding: ${printReceived(message.binding)} of group ${message.bindingGroup}`,
    `The message is ${message.disposition}.`,
  ]);
}

export const MESSAGE_MATCHERS = { toHaveHeader, toHaveContext, toBeBoundTo };
