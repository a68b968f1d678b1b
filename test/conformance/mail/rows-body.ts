/** 4: the content of messages, and what becomes of them. */
import { contentRows } from './rows-content';
import { policyRows } from './rows-dispositions';
import { makingRows } from './rows-making';
import { matchRows } from './rows-matches';
import { partRows } from './rows-parts';
import type { TestRow } from './support';

export function bodyRows(row: TestRow): void {
  for (const group of [contentRows, matchRows, partRows, makingRows, policyRows]) group(row);
}
