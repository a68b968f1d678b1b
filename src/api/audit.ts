import { LuaRaise, LuaTable, toDisplay } from '../lua';
import { AUDITED, SERVICES, type Audited, type Service } from '../server/audit-inbound';
import { refusing } from './audit-series';
import { blockText } from './peer';
import type { ApiImplementation, ApiTable } from './runtime';
import { text } from './values';

/** Counts what senders did in windows of a monitor that the configuration has. */
const count =
  (what: Audited): ApiImplementation =>
  ({ server }, [given, options], call) => {
    const name = `msys.audit.${what}`;
    const monitor = text(given);
    if (!server.facilities.inboundAudit.has(monitor))
      throw new LuaRaise(`${name}: the module inbound_audit has no monitor '${toDisplay(monitor)}'`);
    const option = (key: string) => (options instanceof LuaTable ? options.get(key) : undefined);
    const cidr = options instanceof LuaTable ? option('cidr') : options;
    const block = blockText(cidr === undefined ? undefined : text(cidr), call, name);
    const [from, to] = [Number(option('startv') ?? 0), Number(option('endv') ?? 0)];
    return refusing(name, () => server.facilities.inboundAudit.count(monitor, what, block, from, to));
  };

/** `msys.audit` (4/lua/ref-msys-audit-connections and its neighbours). One node: cluster-wide counts are its own. */
export const audit: ApiTable = {
  ...Object.fromEntries(AUDITED.map((what) => [`msys.audit.${what}`, count(what)])),

  'msys.audit.inbound_session_count': ({ server }, [cidr, given], call) => {
    const service = text(given) as Service;
    if (!SERVICES.includes(service))
      throw new LuaRaise(
        `bad argument #2 to 'inbound_session_count' (one of ${SERVICES.join(', ')} expected)`,
      );
    const block = blockText(text(cidr), call, 'msys.audit.inbound_session_count');
    const sessions = server.facilities.inboundSessions.count(service, block);
    if (sessions !== undefined) return sessions;
    throw new LuaRaise(
      `bad argument #1 to 'inbound_session_count' (an address or block expected, got '${toDisplay(block)}')`,
    );
  },
};
