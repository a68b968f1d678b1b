import type { TestRow } from '../queues/support';

export function contextRows(_row: TestRow): void {
  // Its rows follow.
}
