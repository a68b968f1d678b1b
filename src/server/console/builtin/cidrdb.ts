/** `cidrdb …`: the CIDR objects that scripts defined (4/modules/cidrdb). */
import { displayed } from '../../dns/names';
import type { BuiltinCommand, CommandAnswer, CommandCall } from './command';
import { CommandUsageError } from './dispatch';
import { commandsOfModule } from './module-commands';

const DOC = '4/modules/cidrdb';

export const cidrdbCommands: readonly BuiltinCommand[] = commandsOfModule('cidrdb', [
  {
    name: 'cidrdb list',
    summary: 'lists the CIDR databases and when each is read again',
    doc: DOC,
    run: list,
  },
  {
    name: 'cidrdb reload',
    usage: 'listname',
    summary: 'reads a CIDR database again',
    doc: DOC,
    run: reload,
  },
]);

function list({ server }: CommandCall): CommandAnswer {
  const databases = [...server.facilities.cidrs].map(([name, { cidr }]) => ({
    cidrName: displayed(name),
    refreshInterval: cidr.refreshInterval,
    nextRefresh: cidr.secondsToRefresh,
  }));
  const lines = databases.map(({ cidrName, nextRefresh }) =>
    nextRefresh === undefined ? `${cidrName}\n` : `${cidrName} [refresh in ${nextRefresh} seconds]\n`,
  );
  return { text: lines.join(''), data: { databases } };
}

function reload({ server, args }: CommandCall): CommandAnswer {
  const [name, ...more] = args;
  if (name === undefined || more.length > 0) throw new CommandUsageError('One list name expected');
  const defined = server.facilities.cidrs.get(name);
  if (!defined) throw new CommandUsageError(`No CIDR database is named '${displayed(name)}'.`);
  if (defined.cidr.reload()) return { text: '' };
  return {
    text: `${displayed(name)} cannot be read and stays as it was; the paniclog has the reason.\n`,
    status: 'FAILED',
  };
}
