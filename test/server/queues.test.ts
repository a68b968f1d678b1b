import {
  DEFAULT_RETRY_POLICY,
  MailQueue,
  retryDelayMillis,
  type QueuedMessage,
} from '../../src/server/queues';

const NOW = new Date('2026-01-01T00:00:00Z');
const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);

function message(id: string, nextAttempt: Date, retries = 0): QueuedMessage {
  return { id, from: '', to: 'a@example.com', created: NOW, nextAttempt, retries, binding: 'default' };
}
const ids = (messages: readonly QueuedMessage[]) => messages.map(({ id }) => id);

test.each([
  [0, 1200],
  [1, 2400],
  [5, 38_400],
  [6, 43_200],
  [5000, 43_200],
])('after %d retries the back-off is %d s', (retries, seconds) => {
  expect(retryDelayMillis(retries, DEFAULT_RETRY_POLICY)).toBe(seconds * 1000);
});

test('queues are in the order of the next attempt, equal ones in the order of arrival', () => {
  const queue = new MailQueue();
  queue.insert('active', message('b', later(10)));
  queue.insert('active', message('c', later(10)));
  queue.insert('active', message('a', NOW));
  expect(ids(queue.active)).toEqual(['a', 'b', 'c']);
});

test('delaying moves all active messages, keeps their retries, and leaves delayed ones alone', () => {
  const queue = new MailQueue();
  queue.insert('active', message('fresh', NOW));
  queue.insert('active', message('tried', NOW, 2));
  queue.insert('delayed', message('other', later(2000), 1));
  const moved = queue.delayActive('451 later', NOW, DEFAULT_RETRY_POLICY);
  expect(ids(moved)).toEqual(['fresh', 'tried']);
  expect(queue.active).toEqual([]);
  expect(queue.delayed).toEqual([
    { ...message('fresh', later(1200)), code: '451 later' },
    message('other', later(2000), 1),
    { ...message('tried', later(4800), 2), code: '451 later' },
  ]);
  expect(queue.size).toBe(3);
});

test('due messages return to the active queue, those due later stay', () => {
  const queue = new MailQueue();
  for (const [id, seconds] of [
    ['a', 10],
    ['b', 20],
    ['c', 30],
  ] as const) {
    queue.insert('delayed', message(id, later(seconds)));
  }
  expect(queue.nextDue).toEqual(later(10));
  expect(ids(queue.releaseDue(later(20)))).toEqual(['a', 'b']);
  expect(ids(queue.active)).toEqual(['a', 'b']);
  expect(ids(queue.releaseDue(later(99)))).toEqual(['c']);
  expect(queue.nextDue).toBeUndefined();
});
