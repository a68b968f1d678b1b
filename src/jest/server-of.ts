import type { Momentum } from '../index';
import type { MatcherContext } from './globals';
import { misuse, type Call } from './matcher-report';
import { isMomentum } from './recognise';

export function serverOf(context: MatcherContext, call: Call, received: unknown): Momentum {
  if (isMomentum(received)) return received;
  throw misuse(context, call, 'received', 'must be a server: what Momentum.start() resolves to', received);
}
