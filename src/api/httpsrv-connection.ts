import { AcceptConstruct } from '../server/accept-construct';
import type { HttpSession } from '../server/http/session';
import type { ServerState } from '../server/server';
import { SocketAddress } from '../server/socket-address';
import { ConnectionEvent, SchedulerInstance } from './httpsrv-objects';

/** What a session shows of the connection that its request came by; the same objects for the whole request. */
class Connection {
  readonly peer: SocketAddress;
  readonly local: SocketAddress;
  readonly accepted: AcceptConstruct;
  readonly event: ConnectionEvent;
  readonly scheduler: SchedulerInstance;

  constructor({ request }: HttpSession, id: string) {
    this.event = new ConnectionEvent(id);
    this.scheduler = new SchedulerInstance(id);
    this.peer = SocketAddress.ip(request.remote.address, request.remote.port);
    this.local = SocketAddress.ip(request.local.address, request.local.port);
    this.accepted = new AcceptConstruct('http', this.peer, request.listener ?? this.local.toString(), id);
  }
}

const connections = new WeakMap<HttpSession, Connection>();

export function connectionOf(server: ServerState, session: HttpSession): Connection {
  let connection = connections.get(session);
  if (!connection) {
    connection = new Connection(session, server.ids.next());
    connections.set(session, connection);
  }
  return connection;
}
