import type { DomainRecord } from '../domain-record';
import type { DomainTable } from '../domains';
import { byteString } from '../bytes';
import type { Dns } from './dns';
import type { RouteAnswer } from './routes';

interface RouteState {
  readonly domains: DomainTable;
  readonly dns: Dns;
}

/**
 * What `dig` and `refresh domain` do: resolves a domain's routes anew. Its record appears with that, if need be, and
 * takes over the routes and how long the answer stands. Throws UsageError for what is no domain name.
 */
export function submitDomain({ domains, dns }: RouteState, name: string): DomainRecord {
  const record = domains.get(name) ?? domains.add(name);
  const note = (answer: RouteAnswer) => {
    record.expiry = dns.routes.peek(byteString(record.name))?.expiry;
    if (answer.error === undefined) record.route = answer;
  };
  const answer = dns.routes.refresh(byteString(record.name));
  if (answer instanceof Promise) void answer.then(note);
  else note(answer);
  return record;
}
