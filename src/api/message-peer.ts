import { LuaRaise, toDisplay, type LuaValue } from '../lua';
import type { Message } from '../server/messages/message';
import type { SocketAddress } from '../server/socket-address';
import type { ApiImplementation, ApiTable } from './runtime';
import { text } from './values';

const FORMS: Readonly<Record<string, (address: SocketAddress) => string>> = {
  ip: ({ host }) => host,
  port: ({ port }) => String(port),
  all: (address) => address.toString(),
};

/** One end of the connection that a message came by; nil for a message that no connection brought. */
const end =
  (name: string, which: 'receivedFrom' | 'receivedVia'): ApiImplementation =>
  (_runtime, [message, flag]): LuaValue => {
    const form = flag === undefined ? 'all' : text(flag);
    if (!Object.hasOwn(FORMS, form))
      throw new LuaRaise(
        `bad argument #1 to '${name}' ("ip", "port" or "all" expected, got "${toDisplay(form)}")`,
      );
    const address = (message as Message).origin[which];
    return address && FORMS[form]!(address);
  };

/** 4/lua/ref-msg-reception-peer, 4/lua/ref-msg-listener-addr */
export const messagePeer: ApiTable = {
  'msg:reception_peer': end('reception_peer', 'receivedFrom'),
  'msg:listener_addr': end('listener_addr', 'receivedVia'),
};
