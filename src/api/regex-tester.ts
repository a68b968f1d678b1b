import { match } from '../lua/packages/pcre/operations';
import type { RegexTester } from '../server/auth/authorization';

/** Perl compatible regular expressions as `msys.pcre` has them, over byte strings. The empty one matches everything. */
export const testPcre: RegexTester = (pattern, text) => {
  if (pattern === '') return true;
  const found = match(text, pattern);
  if (found && 'offset' in found) throw new Error(`${found.message} at offset ${found.offset}`);
  return found !== undefined;
};
