import type { OpenMode } from '../system';
import type { Access } from './stream';

export type StreamMode = OpenMode & Required<Access>;

/** C's `fopen` modes as the GNU library reads them: one of r, w, a, then `+`, `x` and letters that change nothing. */
export function parseMode(mode: string): StreamMode | undefined {
  const kind = mode[0];
  if (kind !== 'r' && kind !== 'w' && kind !== 'a') return undefined;
  const updates = mode.includes('+');
  return {
    read: kind === 'r' || updates,
    write: kind !== 'r' || updates,
    create: kind !== 'r',
    truncate: kind === 'w',
    exclusive: mode.includes('x'),
    append: kind === 'a',
  };
}
