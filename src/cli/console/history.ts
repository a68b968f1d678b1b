import { readFileSync, writeFileSync } from 'node:fs';

/** What was typed in earlier sessions; the newest line is the first, as node:readline has it. */
export interface HistoryStore {
  load(): string[];
  save(lines: readonly string[]): void;
}

export const HISTORY_SIZE = 1000;

/** A history in a file, the newest line last. Where it cannot be kept, it lasts as long as the session. */
export function historyInFile(file: string): HistoryStore {
  return {
    load() {
      try {
        return readFileSync(file, 'utf8').split('\n').filter(Boolean).reverse().slice(0, HISTORY_SIZE);
      } catch {
        return [];
      }
    },
    save(lines) {
      try {
        writeFileSync(
          file,
          lines
            .toReversed()
            .map((line) => `${line}\n`)
            .join(''),
          { mode: 0o600 },
        );
      } catch {
        // A home that is not there or not writable is no reason to disturb the session.
      }
    },
  };
}
