/** The summary that scripts get of a part's headers. */
import { parseStructured } from './content-type';
import { Headers } from './headers';
import type { MimeNode } from './mime-node';
import { decodeHeader } from './rfc2047';
import { charsetOf } from './text';

/** What the headers of a part say about its content (4/lua/ref-msgpart-content-type). */
export interface PartContentType {
  /** `text/plain`, in lower case. */
  readonly mimetype: string;
  /** In lower case; undefined for what is no text and names none. */
  readonly charset: string | undefined;
  /** In lower case; `7bit` when there is none. */
  readonly encoding: string;
  /** Whether it has a file name, or is declared as an attachment. */
  readonly isAttachment: boolean;
  /** That of Content-Disposition, otherwise the name of Content-Type. UTF-8. */
  readonly filename: string | undefined;
}

export function contentTypeOf(node: MimeNode): PartContentType {
  const { media, encoding } = node.description;
  const headers = new Headers({ read: () => node.block, write: () => undefined });
  const disposition = parseStructured(headers.values('Content-Disposition')[0] ?? '');
  const filename = disposition.parameters.get('filename') ?? media.parameters.get('name');
  return {
    mimetype: `${media.type}/${media.subtype}`,
    charset: charsetOf(node),
    encoding,
    isAttachment: filename !== undefined || disposition.value === 'attachment',
    filename: filename === undefined ? undefined : decodeHeader(filename),
  };
}
