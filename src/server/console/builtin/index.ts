/** The product's own console commands, all of them: simulated, or known by name (4/4-console-commands). */
import { authzCommands } from './authz';
import { cacheCommands } from './cache';
import { cidrdbCommands } from './cidrdb';
import { configCommands } from './config';
import { connectionCommands } from './connections';
import { countCommand } from './count';
import { counterCommands } from './counter';
import { BuiltinCommands } from './dispatch';
import { dnsCacheCommands } from './dns-cache';
import { dnsRouteCommands } from './dns-routes';
import { dsCoreCommands } from './ds-core';
import { inboundAuditCommands } from './inbound-audit';
import { logCommands } from './logs';
import { moduleCommands } from './modules';
import { queueCommands } from './queue-commands';
import { schedCommands } from './sched';
import { systemCommands } from './system';
import { threadCommands } from './threads';
import { unsimulatedCommands } from './unsimulated';

export const BUILTIN_COMMANDS = new BuiltinCommands([
  ...systemCommands,
  ...logCommands,
  ...moduleCommands,
  ...connectionCommands,
  countCommand,
  ...configCommands,
  ...counterCommands,
  ...threadCommands,
  ...dnsCacheCommands,
  ...dnsRouteCommands,
  ...queueCommands,
  ...cacheCommands,
  ...schedCommands,
  ...cidrdbCommands,
  ...inboundAuditCommands,
  ...dsCoreCommands,
  ...authzCommands,
  ...unsimulatedCommands,
]);
