import type { TestRow } from '../queues/support';

export function logRows(_row: TestRow): void {
  // Its rows follow.
}
