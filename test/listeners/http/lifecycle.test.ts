import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import request from 'supertest';
import { DEFAULT_HTTP_SETTINGS } from '../../../src/listeners/http/settings';
import { closeListeners, listen, listenerOf, RawClient, routerOf, says } from './support';

const GET = 'GET / HTTP/1.1\r\nHost: h\r\n\r\n';
const router = routerOf({
  'GET /busy': () => new Promise<void>(() => undefined),
  'GET /': says('hello'),
});

afterEach(closeListeners);

describe('closing', () => {
  test('ends idle, half-sent and busy connections at once', async () => {
    const listener = listenerOf(router);
    const port = await listen(listener.server);
    const texts = [
      '',
      'GET / HT',
      GET,
      'GET /busy HTTP/1.1\r\nHost: h\r\n\r\n',
      'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc',
    ];
    const clients = await Promise.all(texts.map(() => RawClient.connect(port)));
    clients.forEach((client, i) => client.send(texts[i]!));
    await clients[2]!.until('hello');
    await listener.close();
    expect(listener.server.listening).toBe(false);
    const fates = await Promise.all(clients.map((client) => client.fate()));
    expect(fates.every((fate) => ['closed', 'ECONNRESET'].includes(fate))).toBe(true);
  });

  test('may be repeated, also when the server never listened', async () => {
    const idle = listenerOf(router);
    await idle.close();
    await idle.close();
    const listening = listenerOf(router);
    await listen(listening.server);
    await Promise.all([listening.close(), listening.close()]);
    expect(listening.server.listening).toBe(false);
  });

  test('is final: a later request fails', async () => {
    const listener = listenerOf(router);
    await listener.close();
    await expect(request(listener.server).get('/')).rejects.toThrow(/ECONNREFUSED|ECONNRESET|socket hang up/);
  });

  test('wins over a listen that is under way', async () => {
    const { server } = listenerOf(router);
    server.listen(0, '127.0.0.1');
    await closeListeners();
    if (server.listening) await once(server, 'close');
    expect(server.listening).toBe(false);
  });
});

describe('Enable', () => {
  test('false closes the listening socket only, true listens there again', async () => {
    const listener = listenerOf(router);
    const port = await listen(listener.server);
    const [served, idle] = await Promise.all([RawClient.connect(port), RawClient.connect(port)]);
    await served.send(GET).until('hello');

    await listener.setEnabled(false);
    expect([listener.enabled, listener.server.listening]).toEqual([false, false]);
    await expect(RawClient.connect(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    served.clear();
    await served.send(GET).until('hello');
    await idle.send(GET).until('hello');

    await listener.setEnabled(true);
    await (await RawClient.connect(port)).send(GET).until('hello');
    await served.send(GET).until('hello');
  });

  test('a disabled listener does not begin to listen, and says why', async () => {
    const listener = listenerOf(router);
    await listener.setEnabled(false);
    await expect(request(listener.server).get('/')).rejects.toThrow(
      'the HTTP listener *:2081 is disabled (Enable = false)',
    );
    await listener.setEnabled(true);
    await request(listener.server).get('/').expect(200, 'hello');
  });

  test('false wins over a listen that is under way', async () => {
    const listener = listenerOf(router);
    listener.server.listen(0, '127.0.0.1');
    await listener.setEnabled(false);
    if (!listener.server.listening) await once(listener.server, 'listening');
    expect(listener.server.listening).toBe(false);
    await listener.setEnabled(true);
    expect(listener.server.listening).toBe(true);
  });

  test('enabling fails when the address has been taken', async () => {
    const listener = listenerOf(router);
    const port = await listen(listener.server);
    await listener.setEnabled(false);
    const other = listenerOf(router);
    other.server.listen(port, '127.0.0.1');
    await once(other.server, 'listening');
    await expect(listener.setEnabled(true)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

test('a Unix socket: its clients count as local', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'momentum-sim-http-'));
  const asked = new Set<string>();
  const listener = listenerOf(router, (peerIp) => {
    asked.add(peerIp);
    return DEFAULT_HTTP_SETTINGS;
  });
  const socketPath = path.join(directory, 'http');
  listener.server.listen(socketPath);
  await once(listener.server, 'listening');
  const client = new RawClient(connect(socketPath));
  await client.send(GET).until('hello');
  expect([...asked]).toEqual(['127.0.0.1']);
  listener.reset();
  expect(await client.fate()).toBe('closed');
  rmSync(directory, { recursive: true });
});
