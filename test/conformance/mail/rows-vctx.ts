import type { TestRow } from '../queues/support';

export function vctxRows(_row: TestRow): void {
  // Its rows follow.
}
