import { UsageError } from '../../support/errors';
import { byteDictionary } from '../bytes';
import type { MessageContext } from '../queues';

type Texts = Readonly<Record<string, string>>;

/** Context variables that a test gives, by dictionary. */
export interface ContextFixture {
  readonly message?: Texts;
  readonly connection?: Texts;
}

const DICTIONARIES = ['message', 'connection'] as const;

/** The dictionaries in byte strings. Throws UsageError, which begins with `where`, for what is no such fixture. */
export function readContextFixture(fixture: unknown, where: string): MessageContext {
  if (typeof fixture !== 'object' || fixture === null || Array.isArray(fixture))
    throw new UsageError(
      `${where}: { connection, message } expected, each an object of texts, not ${JSON.stringify(fixture)}`,
    );
  const unknown = Object.keys(fixture).find((name) => !(DICTIONARIES as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw new UsageError(`${where}: unknown dictionary '${unknown}'; known are connection, message`);
  const [message, connection] = DICTIONARIES.map((name) =>
    dictionary((fixture as Record<string, unknown>)[name] ?? {}, `${where}.${name}`),
  ) as [Map<string, string>, Map<string, string>];
  return { message, connection };
}

function dictionary(texts: unknown, where: string): Map<string, string> {
  const isTexts =
    typeof texts === 'object' &&
    texts !== null &&
    !Array.isArray(texts) &&
    Object.values(texts).every((text) => typeof text === 'string');
  if (!isTexts) throw new UsageError(`${where}: an object of texts expected, not ${JSON.stringify(texts)}`);
  return byteDictionary(texts as Texts);
}
