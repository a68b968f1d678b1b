/** The module `conntrol` (4/modules/conntrol), where it is loaded. */
import type { Conversation } from './conversation';
import { REPLIES, type Answer } from './replies';
import type { Wait } from './wait';

/** Waits before the banner, and notes who did not; the reply to such a client where it is to go at once. */
export async function holdBanner(conversation: Conversation, wait: Wait): Promise<Answer | undefined> {
  const { settings, input, session } = conversation;
  const { conntrol } = settings;
  if (!conntrol) return undefined;
  await wait.seconds(conntrol.pauseTime);
  if (input.buffered === 0) return undefined;
  session.vctx.connection.set('early_talker', 'yes');
  const [, code, text] = /^(\d{3}) (.*)$/s.exec(conntrol.disconnectRatware ?? '') ?? [];
  if (code === undefined || text === undefined) return undefined;
  return conversation.refuse({ code: Number(code), text: text.trimEnd(), disconnect: true });
}

/** Keeps count of commands that the session could not make sense of. */
export function countCommand({ settings, session }: Conversation, { code, text }: Answer): void {
  if (!settings.conntrol) return;
  const isUnrecognized = code === REPLIES.unrecognized.code;
  const key = isUnrecognized ? 'conntrol_unrecognized_commands' : 'conntrol_bad_commands';
  if (!isUnrecognized && !(code === 501 && /syntax|invalid|unexpected|argument/i.test(text))) return;
  const { connection } = session.vctx;
  connection.set(key, String(Number(connection.get(key) ?? 0) + 1));
}
