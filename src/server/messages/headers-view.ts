import type { MessageContent } from '../../mail/content';
import { byteString, shownText } from '../bytes';

/**
 * The headers of a message as tests see them: names in whatever case, values unfolded and decoded (RFC 2047). Iterates
 * over pairs of name and value in the order of the message.
 */
export class HeadersView implements Iterable<readonly [name: string, value: string]> {
  readonly #content: () => MessageContent | undefined;

  constructor(content: () => MessageContent | undefined) {
    this.#content = content;
  }

  /** The first value of a header, undefined when there is none. */
  get(name: string): string | undefined {
    return this.all(name)[0];
  }

  /** The values of all headers of a name. */
  all(name: string): string[] {
    return this.#content()?.headers.get(byteString(name)).map(shownText) ?? [];
  }

  has(name: string): boolean {
    return this.all(name).length > 0;
  }

  /** The names in the order of the message, as they are written there, each once. */
  get names(): string[] {
    const names = new Map<string, string>();
    for (const { name } of this.#content()?.headers.all() ?? [])
      if (!names.has(name.toLowerCase())) names.set(name.toLowerCase(), shownText(name));
    return [...names.values()];
  }

  *[Symbol.iterator](): Generator<readonly [string, string], void> {
    const used = new Map<string, number>();
    for (const { name } of this.#content()?.headers.all() ?? []) {
      const key = name.toLowerCase();
      const index = used.get(key) ?? 0;
      used.set(key, index + 1);
      yield [shownText(name), this.all(shownText(name))[index] ?? ''];
    }
  }

  /** By name; a name that occurs several times has a list. */
  toJSON(): Record<string, string | string[]> {
    return Object.fromEntries(
      this.names.map((name) => {
        const values = this.all(name);
        return [name, values.length === 1 ? values[0]! : values];
      }),
    );
  }
}
