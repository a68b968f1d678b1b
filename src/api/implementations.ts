import { audit } from './audit';
import { auditSeries } from './audit-series';
import { auth } from './auth';
import { bindings } from './bindings';
import { cidr } from './cidr';
import { config } from './config';
import { core } from './core';
import { counter } from './counter';
import { dictionaries } from './dictionary';
import { dns } from './dns';
import { dumper } from './dumper';
import { ecStrings } from './ec-strings';
import { encoding } from './encoding';
import { idn } from './encoding-idn';
import { gauge } from './gauge';
import { httpsrv } from './httpsrv';
import { ioObjects } from './io';
import { locks } from './locks';
import { log } from './log';
import { osStat } from './os-stat';
import { pcre } from './pcre';
import { queues } from './queues';
import { readfile } from './readfile';
import { registration } from './register';
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
  cidr,
  config,
  core,
  counter,
  dictionaries,
  dns,
  dumper,
  ecStrings,
  encoding,
  gauge,
  httpsrv,
  idn,
  ioObjects,
  locks,
  log,
  osStat,
  pcre,
  queues,
  readfile,
  registration,
  sharedValues,
  sleep,
  sockaddrs,
  threads,
  timer,
  traps,
  types,
  xml,
) as ApiTable;
