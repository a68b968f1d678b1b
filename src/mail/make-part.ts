/** Parts that are in no message yet. */
import { formatStructured, parseStructured } from './content-type';
import { Headers } from './headers';
import { MimeError } from './mime-error';
import { MimeTree, NOTHING } from './mime-node';
import { parseInto } from './mime-parse';
import { partOf, type MimePart } from './part';
import type { TransferEncoding } from './transfer-encoding';

const LINE_END = Buffer.from('\r\n');
/** RFC 2046 §5.1.1: a boundary does not end with a blank. */
const BOUNDARY = /^[\w'()+,\-./:=? ]{0,69}[\w'()+,\-./:=?]$/;

/** Header lines as they are, an empty line, and a body that is encoded as they say: a part that may be changed. */
export function partFrom(headers: Headers, body: Buffer): MimePart {
  const tree = new MimeTree();
  parseInto(tree, Buffer.concat([headers.block, LINE_END, body]));
  return partOf(tree.top, false);
}

/** Headers of nothing yet. */
export function newHeaders(): Headers {
  let block: Buffer = NOTHING;
  return new Headers({
    read: () => block,
    write: (changed) => {
      block = changed;
    },
  });
}

/**
 * A part whose body is in the given transfer encoding already. `7bit` is not declared (4/lua/ref-msg-make-part,
 * 3/3-api/apis-ec-message-part-create-singleton).
 *
 * @throws HeaderError when the type cannot be in a header
 */
export function makePart(
  type: string,
  body: Buffer = NOTHING,
  encoding: TransferEncoding = '7bit',
): MimePart {
  const headers = newHeaders();
  headers.set('Content-Type', [type]);
  if (encoding !== '7bit') headers.set('Content-Transfer-Encoding', [encoding]);
  return partFrom(headers, body);
}

/**
 * A multipart without parts (4/lua/ref-msg-make-container).
 *
 * @throws MimeError when the type is no multipart, or the boundary cannot be one
 */
export function makeContainer(type: string, boundary: string): MimePart {
  const { value, parameters } = parseStructured(type);
  if (!value.startsWith('multipart/') || parameters.has('boundary'))
    throw new MimeError(`the type of a container is a multipart without a boundary, not '${type}'`);
  if (!BOUNDARY.test(boundary)) throw new MimeError(`'${boundary}' cannot be a boundary (RFC 2046)`);
  const headers = newHeaders();
  headers.set('Content-Type', [formatStructured(value, [...parameters, ['boundary', boundary]])]);
  return partFrom(headers, Buffer.from(`--${boundary}--`, 'latin1'));
}
