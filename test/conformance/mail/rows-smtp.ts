import type { TestRow } from '../queues/support';

export function smtpRows(_row: TestRow): void {
  // Its rows follow.
}
