import type { IncomingMessage } from 'node:http';

export type ReceivedBody =
  | { readonly outcome: 'complete'; readonly body: Buffer }
  /** The rest is still arriving and being thrown away. */
  | { readonly outcome: 'too-large' }
  | { readonly outcome: 'aborted' };

/**
 * Collects the body of a request, transfer coding removed.
 *
 * @param limit in bytes
 */
export function receiveBody(request: IncomingMessage, limit: number): Promise<ReceivedBody> {
  // Its 'close' may have been some time ago.
  if (request.destroyed) return Promise.resolve({ outcome: 'aborted' });
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else {
        chunks.length = 0;
        resolve({ outcome: 'too-large' });
      }
    });
    request.on('end', () => resolve({ outcome: 'complete', body: Buffer.concat(chunks) }));
    request.on('error', () => resolve({ outcome: 'aborted' }));
    request.on('close', () => resolve({ outcome: 'aborted' }));
  });
}
