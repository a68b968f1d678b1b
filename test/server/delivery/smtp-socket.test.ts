import { getEventListeners, once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { SmtpSocket } from '../../../src/server/delivery/smtp-socket';

let server: Server;
let port: number;
const sockets: Socket[] = [];
beforeEach(async () => {
  server = createServer((socket) => {
    sockets.push(socket.on('error', () => undefined));
    socket.write('220 far\r\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server.close();
});

const connect = (signal: AbortSignal) => SmtpSocket.connect({ host: '127.0.0.1', port }, 1000, signal);

describe('the signal that ends all connections', () => {
  test('is listened to as long as there is one', async () => {
    const { signal } = new AbortController();
    const socket = (await connect(signal)) as SmtpSocket;
    expect(await socket.reply()).toEqual({ code: 220, lines: ['far'] });
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    socket.close();
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    server.close();
    for (const one of sockets) one.destroy();
    await once(server, 'close');
    expect(await connect(signal)).toBe('refuse');
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('ends a connection whose answer is waited for', async () => {
    const controller = new AbortController();
    const socket = (await connect(controller.signal)) as SmtpSocket;
    await socket.reply();
    const silence = socket.reply();
    controller.abort();
    expect(await silence).toBe('closed');
  });

  test('ends one that is not there yet, and lets none begin', async () => {
    const controller = new AbortController();
    const connecting = connect(controller.signal);
    controller.abort();
    expect(await connecting).toBe('refuse');
    expect(await connect(controller.signal)).toBe('refuse');
  });
});
