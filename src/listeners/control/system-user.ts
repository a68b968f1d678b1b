import { userInfo } from 'node:os';

/** The name of the user that the process runs as; its number where the system's table has no entry for it. */
export function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? '');
  }
}
