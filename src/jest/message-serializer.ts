import type { ReceivedMessage } from '../index';
import { isReceivedMessage } from './recognise';

/** Lines of a body that a snapshot shows. */
const BODY_LINES = 40;

const pairs = (dictionary: Readonly<Record<string, string>>) =>
  Object.entries(dictionary).map(([key, value]) => `${key}=${JSON.stringify(value)}`);

/** What policy decided, on one line each. */
function decisions(message: ReceivedMessage): string[] {
  const { envelope, disposition, reason, binding, bindingGroup, domain, priority, ownContext } = message;
  const bound = bindingGroup === 'default' ? binding : `${bindingGroup}/${binding}`;
  return [
    `message ${disposition} <${envelope.from}> to <${envelope.to}>`,
    ...(reason === undefined ? [] : [`reason ${reason}`]),
    `domain ${domain}, binding ${bound}${priority === 1 ? ', priority' : ''}`,
    ...pairs(ownContext).map((pair) => `context ${pair}`),
  ];
}

/** The message in its bytes, without what says when and where it was received. */
function contentLines({ raw }: ReceivedMessage): string[] {
  const text = raw.toString('utf8').replace(/^(?:Received|Date|Message-ID):.*\r?\n(?:[ \t].*\r?\n)*/gim, '');
  const lines = text.replace(/\r\n/g, '\n').replace(/\n$/, '').split('\n');
  const more = lines.length - BODY_LINES;
  return more > 0
    ? [...lines.slice(0, BODY_LINES), `(${more} more lines, ${raw.length} bytes in all)`]
    : lines;
}

export const messageSerializer = {
  test: isReceivedMessage,
  serialize(value: unknown): string {
    const message = value as ReceivedMessage;
    return [...decisions(message), '', ...contentLines(message)].join('\n');
  },
};
