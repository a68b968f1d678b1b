import { once } from 'node:events';
import { lstat, rm } from 'node:fs/promises';
import { connect } from 'node:net';

/**
 * Removes the file of a Unix socket that a server left behind when it died. Answers whether the path is free now:
 * not when somebody listens there, and not when the file is something else.
 */
export async function removeStaleSocket(path: string): Promise<boolean> {
  const stats = await lstat(path).catch(() => undefined);
  if (!stats) return true;
  if (!stats.isSocket() || !(await isDead(path))) return false;
  await rm(path, { force: true });
  return true;
}

async function isDead(path: string): Promise<boolean> {
  const socket = connect({ path });
  try {
    await once(socket, 'connect');
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED';
  } finally {
    socket.destroy();
  }
}
