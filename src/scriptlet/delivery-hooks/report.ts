/** Hooks of reports about messages. */
import { byteString } from '../../server/bytes';
import type { DsnAction } from '../../server/delivery/dsn-action';
import type { ReportHooks } from '../../server/delivery/hooks';
import { Message } from '../../server/messages/message';
import type { LuaValue } from '../../lua';
import { isTrue, written, type HookBridge } from './bridge';
import type { HookCallOf, HookEntries, HookEntry } from './entry';

const GENERATE_BOUNCES = 'core_generate_bounces';
const GENERATE = 'core_generate_rfc3464_message';
const PREAMBLE = 'core_generate_rfc3464_message_preamble';
const FRAGMENT = 'core_rfc3464_inline_message_fragment';
const GENERATED = 'core_post_generate_rfc3464_message';
const GENERATE_DELAY = 'delay_dsn_generate_delay_dsn';
const NEXT_DELAY = 'delay_dsn_next_delay_dsn';
const SEND_DELAY = 'delay_dsn_send_notification';
const CLASSIFY = 'core_smtp_error_classify';
const CLASSIFY_RECEIVED = 'core_bounce_error_classify';

const isClass = (result: LuaValue) => typeof result === 'number' && result !== 0;

const actionOf = (bridge: HookBridge, action: DsnAction) => bridge.constant(action.toUpperCase());

/** Whether a provider's result is the constant that says that it has decided. */
const isConstant = (bridge: HookBridge, name: string) => {
  const constant = bridge.constant(name);
  return (result: LuaValue) => result === constant;
};

/** A hook that overrides whether something is made. */
const override = (name: string, decided: string): HookEntry<HookCallOf<'generateBounces'>> => ({
  names: [name],
  make: (bridge) => async (message, configured) => {
    const enabled = bridge.output('int *', configured ? 1 : 0);
    const args = [bridge.message(message), enabled];
    const answer = await bridge.until(name, args, isConstant(bridge, decided), message);
    return answer && isTrue(written(answer, enabled));
  },
});

export const reportHooks: HookEntries<ReportHooks> = {
  generateBounces: override(GENERATE_BOUNCES, 'GENERATE_BOUNCES_HOOK_OK'),

  generateReport: {
    names: [GENERATE],
    make: (bridge) => async (message, action) => {
      const mdn = bridge.output('ec_message **', undefined);
      const args = [bridge.message(message), actionOf(bridge, action), mdn];
      const answer = await bridge.run(GENERATE, args, message);
      if (!answer) return undefined;
      const report = written(answer, mdn);
      return report instanceof Message ? report : null;
    },
  },

  reportPreamble: {
    names: [PREAMBLE],
    make: (bridge) => async (message, action, headers) => {
      const body = bridge.buffer(headers);
      const args = [bridge.message(message), actionOf(bridge, action), body];
      const answer = await bridge.run(PREAMBLE, args, message);
      return { text: body.text, isComplete: answer !== undefined };
    },
  },

  reportFragment: {
    names: [FRAGMENT],
    make: (bridge) => async (message, action) => {
      const response = bridge.buffer('');
      const args = [response, bridge.message(message), actionOf(bridge, action)];
      const answer = await bridge.run(FRAGMENT, args, message);
      return answer && response.text;
    },
  },

  reportGenerated: {
    names: [GENERATED],
    make: (bridge) => async (message, report, action) => {
      const args = [bridge.message(message), bridge.message(report), actionOf(bridge, action)];
      await bridge.all(GENERATED, args, message);
    },
  },

  generateDelayDsn: override(GENERATE_DELAY, 'GENERATE_DELAY_DSN_HOOK_OK'),

  nextDelayDsn: {
    names: [NEXT_DELAY],
    make: (bridge) => async (message, now, when) => {
      const output = bridge.output('time_t *', Math.floor(when.getTime() / 1000));
      const args = [bridge.message(message), bridge.time(now), output];
      const isEnd = isConstant(bridge, 'GENERATE_DELAY_DSN_HOOK_OK');
      const answer = await bridge.until(NEXT_DELAY, args, isEnd, message);
      return answer && new Date(Number(written(answer, output)) * 1000);
    },
  },

  sendDelayDsn: {
    names: [SEND_DELAY],
    make: (bridge) => async (message) => {
      const isEnd = isConstant(bridge, 'DELAY_DSN_SEND_NOTIFICATION_OK');
      return (await bridge.until(SEND_DELAY, [bridge.message(message)], isEnd, message)) !== undefined;
    },
  },

  classifyBounce: {
    names: [CLASSIFY],
    make: (bridge) => async (note, domain) => {
      const answer = await bridge.until(CLASSIFY, [byteString(note), byteString(domain)], isClass);
      return answer && Number(answer.results[0]);
    },
  },

  classifyReceived: {
    names: [CLASSIFY_RECEIVED],
    make: (bridge) => async (body) => {
      const args = [body, body.length, bridge.output('int *', 0)];
      const answer = await bridge.until(CLASSIFY_RECEIVED, args, isClass);
      return answer && Number(answer.results[0]);
    },
  },
};
