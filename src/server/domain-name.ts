import { UsageError } from '../support/errors';

const MAX_LENGTH = 255;

/** The key of a domain: its name with the letters A to Z in lower case. */
export function domainKey(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** The key of a name that a test gives. Throws UsageError, which begins with `where`, for what cannot be a domain. */
export function checkedDomainKey(name: unknown, where: string): string {
  const reason = reasonAgainst(name);
  if (reason) throw new UsageError(`${where}: ${JSON.stringify(name)} is no domain name: ${reason}`);
  return domainKey(name as string);
}

function reasonAgainst(name: unknown): string | undefined {
  if (typeof name !== 'string') return 'it is not a string';
  if (name === '') return 'it is empty';
  if (name.length > MAX_LENGTH) return `it is longer than ${MAX_LENGTH} characters`;
  if (/[\x00-\x20\x7f]/.test(name)) return 'it contains white space or control characters';
  if (name.includes('@')) return 'it is an address; give the part after the @';
  return undefined;
}
