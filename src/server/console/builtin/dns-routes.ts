/** Commands that have the routes of domains resolved: they are about the route cache. */
import { UsageError } from '../../../support/errors';
import { submitDomain } from '../../dns/domain-routes';
import { displayed } from '../../dns/names';
import type { ServerState } from '../../server';
import type { BuiltinCommand, CommandAnswer, CommandCall } from './command';
import { CommandUsageError } from './dispatch';

export const dnsRouteCommands: readonly BuiltinCommand[] = [
  {
    name: 'dig',
    usage: 'domain',
    summary: 'submits a domain for DNS MX query',
    doc: '4/console-commands/dig',
    run: (call) => submitted(call.server, [onlyDomain(call)]),
  },
  {
    name: 'refresh domain',
    usage: 'domain|all',
    summary: 'refreshes the DNS information for a domain',
    doc: '4/console-commands/refresh-domain',
    run(call) {
      const domain = onlyDomain(call);
      const { server } = call;
      return submitted(server, domain === 'all' ? [...server.domains].map(({ name }) => name) : [domain]);
    },
  },
];

function onlyDomain({ args }: CommandCall): string {
  const [domain, ...more] = args;
  if (domain === undefined || more.length > 0) throw new CommandUsageError('One domain expected');
  return displayed(domain);
}

function submitted(server: ServerState, names: readonly string[]): CommandAnswer {
  const domains = names.map((name) => {
    try {
      return submitDomain(server, name).name;
    } catch (error) {
      throw error instanceof UsageError ? new CommandUsageError(error.message) : error;
    }
  });
  return { text: 'submitted\n', data: { domains } };
}
