import { LuaRaise, type HostCall, type LuaValue } from '../lua';
import { encodeQuotedPrintable } from '../mail/quoted-printable';
import { fromUtf8, toUtf8 } from './encoding-charset';
import { decodeQuotedPrintable } from './encoding-qp';
import { checkOpen } from './io';
import { IoObject } from './io-object';
import type { ApiTable, Runtime } from './runtime';
import { bytes, text } from './values';

/** Bytes of a line of folded base64. */
const FOLD = 76;

const charsetOf = (value: LuaValue): string => (value === undefined ? 'UTF-8' : text(value));

/** White space is skipped; anything else that is no base64, and a last group that is not whole, raises. */
function decodeBase64(encoded: string): Buffer {
  const compact = encoded.replace(/[ \t\r\n\f\v]+/g, '');
  if (!/^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/.test(compact))
    throw new LuaRaise('the base64 text cannot be decoded');
  return Buffer.from(compact, 'base64');
}

/** What is to be encoded; of an io object, everything from its position on. */
function original(runtime: Runtime, value: LuaValue, call: HostCall): Buffer {
  return value instanceof IoObject ? checkOpen(runtime, value, call).readRest() : bytes(value);
}

const isTrue = (value: LuaValue) => value !== undefined && value !== false;

/** `msys.base64` and `msys.qp` (4/lua/ref-msys-base-64-encode, -decode, 4/lua/ref-msys-qp-encode, -decode). */
export const encoding: ApiTable = {
  'msys.base64.encode': (_runtime, [value, fold, charset]) => {
    const encoded = fromUtf8(bytes(value), charsetOf(charset)).toString('base64');
    return isTrue(fold) ? encoded.replace(new RegExp(`.{${FOLD}}`, 'g'), '$&\r\n') : encoded;
  },
  'msys.base64.decode': (_runtime, [encoded, charset]) => {
    const decoded = decodeBase64(text(encoded));
    return charset === undefined ? decoded : toUtf8(decoded, charsetOf(charset));
  },
  'msys.qp.encode': (runtime, [value, charset, stuffsDots], call) => {
    const converted = fromUtf8(original(runtime, value, call), charsetOf(charset));
    return encodeQuotedPrintable(converted, { stuffsDots: stuffsDots === true });
  },
  'msys.qp.decode': (_runtime, [encoded, charset]) => {
    const decoded = decodeQuotedPrintable(text(encoded));
    return charset === undefined ? decoded : toUtf8(decoded, charsetOf(charset));
  },
};
