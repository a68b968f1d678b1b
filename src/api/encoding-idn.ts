import { domainToASCII, domainToUnicode } from 'node:url';
import { isUtf8 } from 'node:buffer';
import { toDisplay, type HostResult } from '../lua';
import { byteString } from '../server/bytes';
import type { ApiTable } from './runtime';
import { text } from './values';

/** The full stops that separate labels (RFC 3490 §3.1). */
const DOTS = /[.\u3002\uff0e\uff61]/u;
const MAX_LABEL = 63;

/** Converts label by label: a whole name that looks like a number would be taken for an address. */
function convert(name: string, label: (text: string) => string): string | undefined {
  const labels = name.split(DOTS);
  const isRooted = labels.length > 1 && labels.at(-1) === '';
  const converted = labels.map((part, i) => (isRooted && i === labels.length - 1 ? part : label(part)));
  const isWhole = converted.every((part, i) => part !== '' || (isRooted && i === converted.length - 1));
  return isWhole ? converted.join('.') : undefined;
}

const isAscii = (label: string) => !/[^\0-\x7f]/.test(label);

function toAscii(label: string): string {
  const ascii = isAscii(label) ? label.toLowerCase() : domainToASCII(label);
  return ascii.length <= MAX_LABEL && !/[\s/?#@:]/.test(ascii) ? ascii : '';
}

const toUnicode = (label: string) => (/^xn--/i.test(label) ? domainToUnicode(label) : label);

function result(name: string, converted: string | undefined, form: string): HostResult {
  if (converted !== undefined) return byteString(converted);
  const message = `'${name}' cannot be converted to ${form}`;
  return [undefined, byteString(message)];
}

/** Internationalised domain names (4/lua/ref-msys-idn, 4/lua/ref-msys-idn-utf-8); nil and a text on failure. */
export const idn: ApiTable = {
  'msys.idn.to_idn': (_runtime, [given]) => {
    const name = toDisplay(text(given));
    const isText = isUtf8(Buffer.from(text(given), 'latin1'));
    return result(name, isText ? convert(name, toAscii) : undefined, 'IDN');
  },
  'msys.idn.to_utf8': (_runtime, [given]) => {
    const name = toDisplay(text(given));
    return result(name, convert(name, toUnicode), 'UTF-8');
  },
};
