import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
// Not the global ones, which jest's fake timers replace.
import { clearTimeout, setTimeout } from 'node:timers';
import type { HttpResponseData } from '../../server/http/messages';

/** Milliseconds for what a refused client is still sending; destroying at once would make it lose the answer. */
const LONGEST_FAREWELL = 2000;

/** Sends a response, after which the connection goes on if the client wants that. */
export function respond(response: ServerResponse, data: HttpResponseData): void {
  start(response, data);
  response.end();
}

/** Sends a response and closes the connection. */
export function respondAndClose(response: ServerResponse, data: HttpResponseData): void {
  response.shouldKeepAlive = false;
  respond(response, data);
}

/** Sends a response at once and closes the connection when the request has arrived, or after some time. */
export function respondAndDrain(
  request: IncomingMessage,
  response: ServerResponse,
  data: HttpResponseData,
): void {
  response.shouldKeepAlive = false;
  start(response, data);
  const end = () => response.end();
  if (request.complete) end();
  else {
    request.once('end', end).resume();
    destroyLater(request.socket);
  }
}

/** Sends a response on a connection that speaks no HTTP any more, and closes it. */
export function respondRaw(socket: Socket, data: HttpResponseData): void {
  socket.end(serialize(data));
  socket.resume();
  destroyLater(socket);
}

/** Writes everything but the end. The connection closes after a status that promises a further response. */
function start(response: ServerResponse, data: HttpResponseData): void {
  // The client may have gone while the handler was at work.
  if (response.destroyed) return;
  response.sendDate = false;
  if (data.status < 200) response.shouldKeepAlive = false;
  response.writeHead(data.status, data.statusText, data.headers.flat());
  if (data.body.length > 0) response.write(data.body);
}

function destroyLater(socket: Socket): void {
  const deadline = setTimeout(() => socket.destroy(), LONGEST_FAREWELL);
  socket.once('close', () => clearTimeout(deadline));
}

function serialize(data: HttpResponseData): Buffer {
  const lines = [
    `HTTP/1.1 ${data.status} ${data.statusText}`,
    ...data.headers.map(([name, value]) => `${name}: ${value}`),
    'Connection: close',
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), data.body]);
}
