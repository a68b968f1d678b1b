/** What `c:getinfo` answers: libcurl's `CURLINFO_…`, which the package has as `curl.INFO_…`. */
import { LuaRaise, type LuaValue } from '../lua';
import type { TransferInfo } from './curl-handle';
import { CURL_ERRORS } from './http-exchange';

const TYPE = 0xf00000;
const STRING = 0x100000;
const LONG = 0x200000;
const DOUBLE = 0x300000;
const LIST = 0x400000;

/** Without these, a text is empty and a number is 0: nothing of it takes time or happens here. */
const INFOS = new Map<number, (info: TransferInfo) => LuaValue>([
  [STRING + 1, ({ effectiveUrl }) => effectiveUrl],
  [STRING + 18, ({ contentType }) => contentType],
  [LONG + 2, ({ status }) => status],
  [LONG + 11, ({ headerSize }) => headerSize],
  [LONG + 14, () => -1],
  [LONG + 20, ({ redirects }) => redirects],
  [DOUBLE + 3, ({ seconds }) => seconds],
  [DOUBLE + 7, ({ uploaded }) => uploaded],
  [DOUBLE + 8, ({ downloaded }) => downloaded],
  [DOUBLE + 15, ({ announced }) => announced],
  [DOUBLE + 16, ({ uploaded }) => uploaded],
  [DOUBLE + 17, ({ seconds }) => seconds],
]);

const OTHERS = new Map<number, LuaValue>([
  [STRING, undefined],
  [LONG, 0],
  [DOUBLE, 0],
  [LIST, undefined],
]);

/** The value; nil, a text and a code for what is no `curl.INFO_…`. */
export function infoOf(info: TransferInfo, wanted: LuaValue): LuaValue[] {
  if (typeof wanted !== 'number') throw new LuaRaise("bad argument #1 to 'getinfo' (number expected)");
  const read = INFOS.get(wanted);
  if (read) return [read(info)];
  const type = wanted & TYPE;
  if (OTHERS.has(type)) return [OTHERS.get(type)];
  return [undefined, `unknown CURLINFO type: ${wanted}`, CURL_ERRORS.BAD_FUNCTION_ARGUMENT.code];
}
