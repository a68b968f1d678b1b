import type { Socket } from 'node:net';
// Not the global ones, which jest's fake timers replace.
import { clearTimeout, setTimeout } from 'node:timers';
import type { SocketAddress } from '../../server/http/messages';
import { readProxyHeader } from './proxy-header';
import type { HttpSettings } from './settings';

/**
 * Takes the PROXY header from the beginning of a connection and leaves the socket paused behind it. Resolves to the
 * client it names, undefined in `client` when it names none; `refused` when the header is malformed or late, or the
 * peer has gone.
 *
 * Source: `4/config/ref-proxy-protocol`, `4/config/ref-proxy-protocol-timeout`.
 */
export function receiveProxyHeader(
  socket: Socket,
  settings: Pick<HttpSettings, 'proxyProtocolTimeout' | 'proxyProtocolVersions'>,
): Promise<'refused' | { readonly client: SocketAddress | undefined }> {
  return new Promise((resolve) => {
    let received = Buffer.alloc(0);
    const conclude = (result: 'refused' | { client: SocketAddress | undefined }) => {
      clearTimeout(deadline);
      socket.off('data', onData).off('end', refuse).off('close', refuse);
      resolve(result);
    };
    const refuse = () => conclude('refused');
    const onData = (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const header = readProxyHeader(received, settings.proxyProtocolVersions);
      if (header.outcome === 'malformed') refuse();
      if (header.outcome !== 'complete') return;
      socket.pause();
      const rest = received.subarray(header.length);
      if (rest.length > 0) socket.unshift(rest);
      conclude({ client: header.client });
    };
    const seconds = settings.proxyProtocolTimeout;
    const deadline = seconds > 0 ? setTimeout(refuse, seconds * 1000) : undefined;
    socket.on('data', onData).once('end', refuse).once('close', refuse);
  });
}
