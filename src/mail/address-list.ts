import { addressTokens, type Token } from './address-tokens';

/**
 * A stretch of an address list. All stretches together are the whole text.
 *
 * `phrase` stands before an angle or the colon of a group, `angle` is `<…>`, `bare` is everything else between two
 * delimiters.
 */
export interface Stretch {
  readonly role: 'phrase' | 'angle' | 'bare' | 'comma' | 'group' | 'end';
  readonly tokens: readonly Token[];
}

const DELIMITERS: Readonly<Record<string, Stretch['role']>> = { ',': 'comma', ';': 'end', ':': 'group' };

/** The stretches of a list (RFC 5322, 3.4). */
export function stretchesOf(text: string): Stretch[] {
  const tokens = addressTokens(text);
  const stretches: Stretch[] = [];
  let from = 0;
  const take = (role: Stretch['role'], to: number): void => {
    if (to > from) stretches.push({ role, tokens: tokens.slice(from, to) });
    from = to;
  };
  for (let at = 0; at < tokens.length; at++) {
    const { kind, raw } = tokens[at]!;
    if (kind !== 'special') continue;
    const delimiter = DELIMITERS[raw];
    const angleEnd = raw === '<' ? endOfAngle(tokens, at) : undefined;
    if (angleEnd !== undefined) {
      take('phrase', at);
      take('angle', angleEnd);
      at = angleEnd - 1;
    } else if (delimiter) {
      take(delimiter === 'group' ? 'phrase' : 'bare', at);
      take(delimiter, at + 1);
    }
  }
  take('bare', tokens.length);
  return stretches;
}

function endOfAngle(tokens: readonly Token[], start: number): number | undefined {
  for (let at = start + 1; at < tokens.length; at++) {
    const { kind, raw } = tokens[at]!;
    if (kind === 'special' && raw === '>') return at + 1;
    if (kind === 'special' && raw === '<') return undefined;
  }
  return undefined;
}

/** The words of a phrase, with one space where there were blanks or comments. */
export function phraseText(tokens: readonly Token[]): string {
  let text = '';
  let hasGap = false;
  for (const { kind, value } of tokens) {
    if (kind === 'blank' || kind === 'comment') hasGap = text !== '';
    else {
      text += (hasGap ? ' ' : '') + value;
      hasGap = false;
    }
  }
  return text;
}

/** An address: the local part without quotes, the domain as written. */
export interface AddressSpec {
  readonly localpart: string;
  readonly domain: string;
}

/** The address that tokens are (RFC 5322, 3.4.1), with obsolete blanks, comments and route; undefined when they are none. */
export function addressSpec(all: readonly Token[]): AddressSpec | undefined {
  const tokens = withoutRoute(all.filter(({ kind }) => kind !== 'blank' && kind !== 'comment'));
  const at = tokens.findIndex(isSpecial('@'));
  const local = tokens.slice(0, Math.max(at, 0));
  const domain = tokens.slice(at + 1);
  if (at < 0 || !areDotted(local, ['atom', 'quoted'])) return undefined;
  const isLiteral = domain.length === 1 && domain[0]!.kind === 'literal';
  if (!isLiteral && !areDotted(domain, ['atom'])) return undefined;
  return { localpart: textOf(local), domain: textOf(domain) };
}

const isSpecial =
  (raw: string) =>
  (token: Token): boolean =>
    token.kind === 'special' && token.raw === raw;

const textOf = (tokens: readonly Token[]): string => tokens.map(({ value }) => value).join('');

/** `@a,@b:user@host` says through which hosts the mail should go; nobody does that any more. */
function withoutRoute(tokens: readonly Token[]): readonly Token[] {
  const start = tokens.findIndex((token) => !isSpecial(',')(token));
  if (start < 0 || !isSpecial('@')(tokens[start]!)) return tokens;
  return tokens.slice(tokens.findIndex(isSpecial(':')) + 1);
}

/** Words with dots between them, and more dots than RFC 5322 allows. Two words without a dot are no address. */
function areDotted(tokens: readonly Token[], kinds: readonly Token['kind'][]): boolean {
  const isWord = ({ kind }: Token): boolean => kinds.includes(kind);
  const dot = isSpecial('.');
  return (
    tokens.some(isWord) &&
    tokens.every((token, index) => dot(token) || (isWord(token) && (index === 0 || dot(tokens[index - 1]!))))
  );
}
