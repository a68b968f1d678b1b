import { Agent, get } from 'node:http';
import { closeListeners, listen, listenerOf, RawClient, routerOf, says } from './support';

afterEach(closeListeners);

const GET = 'GET / HTTP/1.1\r\nHost: h\r\n\r\n';

test('1,000 clients at once, each with several requests on its connection', async () => {
  const listener = listenerOf(routerOf({ 'GET /': says('hello') }));
  const port = await listen(listener.server);
  const clients = await Promise.all(Array.from({ length: 1000 }, () => RawClient.connect(port)));
  for (let round = 0; round < 3; round++) {
    clients.forEach((client) => client.clear());
    clients.forEach((client) => client.send(GET));
    await Promise.all(clients.map((client) => client.until('hello')));
  }
  await listener.close();
  const fates = await Promise.all(clients.map((client) => client.fate()));
  expect(fates.filter((fate) => fate === 'closed' || fate === 'ECONNRESET')).toHaveLength(1000);
});

test('what a request was made of can be collected after it, whether its connection stays or not', async () => {
  const requests: WeakRef<object>[] = [];
  const router = routerOf({
    'GET /': (session) => {
      requests.push(new WeakRef(session));
    },
  });
  const port = await listen(listenerOf(router).server);
  const staying = await RawClient.connect(port);
  for (let i = 0; i < 50; i++) {
    staying.clear();
    await staying.send(GET).until('200 OK');
    const passing = await RawClient.connect(port);
    await passing.send(GET.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')).text();
  }
  expect(requests).toHaveLength(100);
  const collect = await collector();
  for (let turn = 0; turn < 20 && alive(requests) > 10; turn++) {
    await new Promise(setImmediate);
    collect();
  }
  // The last ones may still be on someone's stack.
  expect(alive(requests)).toBeLessThanOrEqual(10);
});

const alive = (refs: readonly WeakRef<object>[]) => refs.filter((ref) => ref.deref() !== undefined).length;

/** The garbage collector, without a command-line flag. */
async function collector(): Promise<() => void> {
  const { setFlagsFromString } = await import('node:v8');
  const { runInNewContext } = await import('node:vm');
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

test('a keep-alive agent reuses its connections', async () => {
  const listener = listenerOf(routerOf({ 'GET /': says('hello') }));
  const port = await listen(listener.server);
  const connections = new Set<object>();
  listener.server.on('request', ({ socket }) => connections.add(socket));
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const ask = () =>
    new Promise<number | undefined>((resolve, reject) => {
      get({ port, host: '127.0.0.1', agent }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode));
      }).on('error', reject);
    });
  const statuses = await Promise.all(Array.from({ length: 200 }, ask));
  agent.destroy();
  expect([statuses.filter((status) => status === 200).length, connections.size]).toEqual([200, 4]);
});
