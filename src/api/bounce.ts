import { toDisplay, type LuaValue } from '../lua';
import type { BounceClass } from '../server/delivery/bounce-classes';
import { classifyMessage, classifyResponse, DEFAULT_LIMIT } from '../server/delivery/classification';
import type { Message } from '../server/messages/message';
import type { ApiTable, Runtime } from './runtime';
import { counted, text } from './values';

const described = ({ code, symbol, name }: BounceClass): LuaValue[] => [code, symbol, name];

function classify({ server }: Runtime, response: string, domain: LuaValue): Promise<BounceClass> {
  const where = domain === undefined ? '' : toDisplay(text(domain));
  return classifyResponse(server.delivery.policy, toDisplay(response), where);
}

/** Classes of bounces (4/4-bounce-logger-classification-codes). */
export const bounce: ApiTable = {
  'msys.bounce.classify': async ({ server }, [message]) => {
    const { class: found, recipient } = await classifyMessage(server.delivery.policy, message as Message);
    return [...described(found), recipient];
  },
  'msys.bounce.classify_smtp_response': async (runtime, [response, domain]) =>
    described(await classify(runtime, text(response), domain)),

  'msys.core.bounce_error_classify2': async ({ server }, [message, , limit]) => {
    const count = limit === undefined ? DEFAULT_LIMIT : Number(limit);
    const found = await classifyMessage(server.delivery.policy, message as Message, count);
    return [found.class.code, found.recipient];
  },
  'msys.core.smtp_error_classify': async (runtime, [response, domain]) =>
    (await classify(runtime, text(response), domain)).code,
  'msys.core.smtp_error_classify_len': async (runtime, [response, length, domain]) =>
    (await classify(runtime, counted('smtp_error_classify_len', response, length), domain)).code,
};
