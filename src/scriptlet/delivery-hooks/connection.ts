/** Hooks of outbound connections and what is said over them. */
import { bindArguments, bindConnection, bindDelivery, bindHost, slotOf } from '../../api/delivery-objects';
import { IoObject } from '../../api/io-object';
import { bindPlainAddress } from '../../api/sockaddr';
import type { LuaValue } from '../../lua';
import type {
  ConnectFailure,
  ConnectionHooks,
  ConnectionSubject,
  SmtpArguments,
  TransferSubject,
} from '../../server/delivery/hooks';
import type { DomainRecord } from '../../server/domain-record';
import { SocketAddress } from '../../server/socket-address';
import { written, type HookBridge } from './bridge';
import type { HookCallOf, HookEntries, HookEntry } from './entry';

const GOAL = 'core_connection_goal';
const VETO = 'core_veto_host_connection';
const CONNECTED = 'core_inc_outbound_connections';
const LOG_SUCCESS = 'core_log_client_connection_success';
const LOG_FAILURE = 'core_log_client_connection_failure';
const DISCONNECTED = 'core_dec_outbound_connections';
const HOST_RETRY = 'core_config_get_host_failure_retry';
const BODY = 'core_body_modify';
const SHUTDOWN = 'core_smtp_should_session_shutdown';

const FAILURES: Readonly<Record<ConnectFailure, string>> = {
  refuse: 'CONN_ERROR_CONNECT',
  timeout: 'CONN_ERROR_CONNECT_TIMEOUT',
};

const slot = (bridge: HookBridge, binding: string) => slotOf(bridge.runtime, binding);

const throttle = (name: string): HookEntry<HookCallOf<'messageThrottle'>> => ({
  names: [name],
  make: (bridge) => async (record, binding, now) => {
    const later = bridge.writableTime(now);
    const args = [slot(bridge, binding), bridge.record(record), bridge.time(now), later];
    return (await bridge.run(name, args)) && later.instant;
  },
});

const throttleUse = (name: string): HookEntry<HookCallOf<'messageThrottleUsed'>> => ({
  names: [name],
  make: (bridge) => async (record, binding) => {
    await bridge.all(name, [slot(bridge, binding), bridge.record(record)]);
  },
});

const clientArguments = (name: string): HookEntry<HookCallOf<'mailFromArguments'>> => ({
  names: [name],
  make: (bridge) => async (subject, args) =>
    !(await bridge.run(name, transfer(bridge, subject, args), subject.message)),
});

export const connectionHooks: HookEntries<ConnectionHooks> = {
  connectionGoal: {
    names: [GOAL],
    make: (bridge) => async (record: DomainRecord, binding: string, goal: number) => {
      const output = bridge.output('int *', goal);
      // The active queue is a list of C's, which scripts cannot read.
      const args = [bridge.record(record), slot(bridge, binding), undefined, output];
      return Number(await bridge.write(GOAL, output, args));
    },
  },

  vetoHost: {
    names: [VETO],
    make:
      (bridge) =>
      async ({ record, binding, host, maxConnections, openConnections }) => {
        const args = [bindHost(bridge.runtime, host), bridge.record(record), slot(bridge, binding)];
        return (await bridge.run(VETO, [...args, maxConnections, openConnections])) !== undefined;
      },
  },

  connectionThrottle: throttle('core_check_outbound_conn_throttle'),
  messageThrottle: throttle('core_check_outbound_mess_throttle'),
  connectionThrottleUsed: throttleUse('core_inc_outbound_conn_throttle'),
  messageThrottleUsed: throttleUse('core_inc_outbound_mess_throttle'),

  connectionOpened: {
    names: [CONNECTED, LOG_SUCCESS],
    make: (bridge) => async (subject, now) => {
      await bridge.all(CONNECTED, [bindConnection(bridge.runtime, subject)]);
      await bridge.all(LOG_SUCCESS, [address(bridge, subject), ...where(bridge, subject, now)]);
    },
  },

  connectionFailed: {
    names: [LOG_FAILURE],
    make: (bridge) => async (subject, failure, now) => {
      const error = bridge.constant(FAILURES[failure]);
      await bridge.all(LOG_FAILURE, [address(bridge, subject), error, ...where(bridge, subject, now)]);
    },
  },

  connectionClosed: {
    names: [DISCONNECTED],
    make: (bridge) => async (subject) => {
      await bridge.all(DISCONNECTED, [bindConnection(bridge.runtime, subject)]);
    },
  },

  hostFailureRetry: {
    names: [HOST_RETRY],
    make: (bridge) => async (configured) => {
      const value = bridge.output('int *', configured);
      const answer = await bridge.run(HOST_RETRY, [undefined, value]);
      return answer ? Number(written(answer, value)) : configured;
    },
  },

  mailFromArguments: clientArguments('core_smtp_client_mailfrom_args'),
  rcptToArguments: clientArguments('core_smtp_client_rcptto_args'),

  modifyBody: {
    names: [BODY],
    make: (bridge) => async (message) => {
      const output = bridge.output('io_object **', undefined);
      const isIo = (result: LuaValue) => result instanceof IoObject;
      const body = await bridge.write(BODY, output, [bridge.message(message), output], message, isIo);
      if (!(body instanceof IoObject)) return undefined;
      if (body.isSeekable) body.seek('set', 0);
      return body.readRest();
    },
  },

  closesSession: {
    names: [SHUTDOWN],
    make: (bridge) => async (subject) => {
      const [construct] = transfer(bridge, subject, new Map());
      return (await bridge.run(SHUTDOWN, [construct], subject.message)) !== undefined;
    },
  },
};

function address({ runtime }: HookBridge, { connection, record }: ConnectionSubject): LuaValue {
  const port = runtime.server.delivery.policy.number('remote_smtp_port', { domain: record.name });
  return connection && bindPlainAddress(runtime, SocketAddress.ip(connection.ip, port));
}

const where = (bridge: HookBridge, { record, binding }: ConnectionSubject, now: Date): LuaValue[] => [
  bridge.record(record),
  slot(bridge, binding),
  bridge.time(now),
];

function transfer(
  { runtime, server }: HookBridge,
  { message, connection }: TransferSubject,
  args: SmtpArguments,
): LuaValue[] {
  const record = server.domains.ensure(message.domain);
  const handle = { record, binding: connection.binding, connection };
  return [bindDelivery(runtime, message, handle), bindArguments(runtime, args)];
}
