import { MailQueue, retryDelayMillis, type QueuedMessage } from '../../src/server/queues';

const POLICY = { retryInterval: 1200, maxRetryInterval: 43_200 };

const NOW = new Date('2026-01-01T00:00:00Z');
const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);

function message(id: string, nextAttempt: Date, retries = 0): QueuedMessage {
  return {
    ...{ id, batchId: 'batch', from: '', to: 'a@example.com', created: NOW, domain: 'example.com' },
    ...{ nextAttempt, retries, binding: 'default', group: 'default', priority: 0 },
    context: { message: new Map(), connection: new Map() },
  };
}
const ids = (messages: readonly QueuedMessage[]) => messages.map(({ id }) => id);

test.each([
  [0, 1200],
  [1, 2400],
  [5, 38_400],
  [6, 43_200],
  [5000, 43_200],
])('after %d retries the back-off is %d s', (retries, seconds) => {
  expect(retryDelayMillis(retries, POLICY)).toBe(seconds * 1000);
});

test('queues are in the order of the next attempt, equal ones in the order of arrival', () => {
  const queue = new MailQueue('example.com');
  queue.insert('active', message('b', later(10)));
  queue.insert('active', message('c', later(10)));
  queue.insert('active', message('a', NOW));
  expect(ids(queue.active)).toEqual(['a', 'b', 'c']);
});

test('delaying moves all active messages, keeps their retries, and leaves delayed ones alone', () => {
  const queue = new MailQueue('example.com');
  queue.insert('active', message('fresh', NOW));
  queue.insert('active', message('tried', NOW, 2));
  queue.insert('delayed', message('other', later(2000), 1));
  const moved = queue.delayActive('451 later', NOW, () => POLICY);
  expect(ids(moved)).toEqual(['fresh', 'tried']);
  expect(queue.active).toEqual([]);
  expect(queue.delayed).toEqual([
    { ...message('fresh', later(1200)), code: '451 later' },
    message('other', later(2000), 1),
    { ...message('tried', later(4800), 2), code: '451 later' },
  ]);
  expect(queue.size).toBe(3);
});

test('due messages are taken out of the delayed queue, those due later stay', () => {
  const queue = new MailQueue('example.com');
  for (const [id, seconds] of [
    ['a', 10],
    ['b', 20],
    ['c', 30],
  ] as const) {
    queue.insert('delayed', message(id, later(seconds)));
  }
  expect(queue.nextDue).toEqual(later(10));
  expect(ids(queue.takeDue(later(20)))).toEqual(['a', 'b']);
  expect(ids(queue.delayed)).toEqual(['c']);
  expect(ids(queue.takeDue(later(99)))).toEqual(['c']);
  expect(queue.nextDue).toBeUndefined();
});

test('messages of priority 1 come first in the active queue, and in no other', () => {
  const queue = new MailQueue('example.com');
  const urgent = { ...message('urgent', later(5)), priority: 1 as const };
  for (const name of ['active', 'delayed'] as const) {
    queue.insert(name, message('early', NOW));
    queue.insert(name, urgent);
    queue.insert(name, message('late', later(9)));
  }
  expect(ids(queue.active)).toEqual(['urgent', 'early', 'late']);
  expect(ids(queue.delayed)).toEqual(['early', 'urgent', 'late']);
});

test('active messages are counted by binding, whatever takes them out', () => {
  const queue = new MailQueue('example.com');
  const gold = { ...message('gold', NOW), binding: 'gold' };
  queue.insert('active', gold);
  queue.insert('active', message('a', NOW));
  queue.insert('active', message('b', NOW));
  expect([...queue.activeCounts]).toEqual([
    ['gold', 1],
    ['default', 2],
  ]);
  expect(ids(queue.activeOf('default'))).toEqual(['a', 'b']);
  expect(queue.remove(gold)).toBe('active');
  expect(queue.remove(gold)).toBeUndefined();
  expect([...queue.activeCounts]).toEqual([['default', 2]]);
  queue.delayActive('451 later', NOW, () => POLICY);
  expect(queue.activeCounts.size).toBe(0);
});
