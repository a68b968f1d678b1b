import { audit } from './audit';
import { auditSeries } from './audit-series';
import { auth } from './auth';
import { bindings } from './bindings';
import { bounce } from './bounce';
import { cidr } from './cidr';
import { config } from './config';
import { core } from './core';
import { counter } from './counter';
import { curl } from './curl';
import { db } from './db';
import { deliveryQueue } from './delivery-queue';
import { dictionaries } from './dictionary';
import { dns } from './dns';
import { dumper } from './dumper';
import { ecStrings } from './ec-strings';
import { encoding } from './encoding';
import { idn } from './encoding-idn';
import { gauge } from './gauge';
import { httpClients } from './http-client';
import { httpDelivery } from './http-delivery';
import { httpsrv } from './httpsrv';
import { ioObjects } from './io';
import { locks } from './locks';
import { log } from './log';
import { messageAddresses } from './message-addresses';
import { messageBuild } from './message-build';
import { messageContent } from './message-content';
import { messageMatch } from './message-match';
import { messageParts } from './message-parts';
import { osStat } from './os-stat';
import { pcre } from './pcre';
import { policy } from './policy';
import { queues } from './queues';
import { readfile } from './readfile';
import { registration } from './register';
import { rfc3464 } from './rfc3464';
import type { ApiTable } from './runtime';
import { sharedValues } from './shared-values';
import { sleep } from './sleep';
import { traps } from './snmp-trap';
import { sockaddrs } from './sockaddr';
import { threads } from './threads';
import { timer } from './timer';
import { types } from './types';
import { xml } from './xml';

/** Everything that is simulated, by the qualified names of the catalogue. */
export const IMPLEMENTATIONS: ApiTable = Object.assign(
  Object.create(null) as Record<string, never>,
  audit,
  auditSeries,
  auth,
  bindings,
  bounce,
  cidr,
  config,
  core,
  counter,
  curl,
  db,
  deliveryQueue,
  dictionaries,
  dns,
  dumper,
  ecStrings,
  encoding,
  gauge,
  httpClients,
  httpDelivery,
  httpsrv,
  idn,
  ioObjects,
  locks,
  log,
  messageAddresses,
  messageBuild,
  messageContent,
  messageMatch,
  messageParts,
  osStat,
  pcre,
  policy,
  queues,
  readfile,
  registration,
  rfc3464,
  sharedValues,
  sleep,
  sockaddrs,
  threads,
  timer,
  traps,
  types,
  xml,
) as ApiTable;
