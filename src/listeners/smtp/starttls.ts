import { refuses } from '../../server/reception/verdict';
import type { Conversation } from './conversation';
import { STATES } from './conversation';
import { REPLIES, type Answer } from './replies';

/** STARTTLS (RFC 3207; 4/inbound-tls, 4/config/starttls-injection-policy). */
export function starttls(conversation: Conversation, argument: string): Answer {
  const { input, settings, transport } = conversation;
  if (argument !== '') return REPLIES.noParameters;
  if (conversation.isSecure) return REPLIES.badSequence;
  if (input.buffered > 0 && settings.starttlsInjection === 'reject')
    return { ...conversation.refuse(REPLIES.badSequence), disconnect: true };
  if (settings.starttlsInjection === 'ignore') input.discard();
  transport.expectTls();
  return { ...REPLIES.startTls, next: () => secure(conversation) };
}

/** The handshake. The client has to say EHLO again; a text only where the connection ends. */
export async function secure(conversation: Conversation): Promise<Answer | undefined> {
  const { transport, settings, session } = conversation;
  const facts = settings.tls && (await transport.startTls(settings.tls));
  // Nobody understands what comes now.
  if (!facts) {
    conversation.input.abort();
    return undefined;
  }
  conversation.isSecure = true;
  conversation.greeting = undefined;
  conversation.endTransaction();
  conversation.enter(STATES.awaitingEhlo);
  session.capabilities.remove('STARTTLS');
  if (settings.tlsVerifiedPeerCanRelay && facts.verified) session.vctx.connection.set('can_relay', 'true');
  const verdict = await session.tls(facts);
  if (!verdict.disconnect && !refuses(verdict)) return undefined;
  return { ...conversation.answer(verdict, REPLIES.tlsFailed), disconnect: true };
}
