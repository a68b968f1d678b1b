import { acceptConstructs } from './accept-construct';
import { macros } from './expand-macro';
import { messageBinding } from './message-binding';
import { messageCode } from './message-code';
import { messageConstructs } from './message-construct';
import { messageContext } from './message-context';
import { messageCore } from './message-core';
import { messageEnvelope } from './message-envelope';
import { messageInject } from './message-inject';
import { messagePeer } from './message-peer';
import { policyEditor } from './policyeditor';
import { recipientLists } from './recipient-list';
import type { ApiTable } from './runtime';
import { validateContexts } from './validate-context';

/** What policy has to do with besides the content of messages: envelopes, contexts, sessions. */
export const policy: ApiTable = {
  ...acceptConstructs,
  ...macros,
  ...messageBinding,
  ...messageCode,
  ...messageConstructs,
  ...messageContext,
  ...messageCore,
  ...messageEnvelope,
  ...messageInject,
  ...messagePeer,
  ...policyEditor,
  ...recipientLists,
  ...validateContexts,
};
