import { core } from './core';
import { ecStrings } from './ec-strings';
import { httpsrv } from './httpsrv';
import { pcre } from './pcre';
import { registration } from './register';
import type { ApiTable } from './runtime';

/** Everything that is simulated, by the qualified names of the catalogue. */
export const IMPLEMENTATIONS: ApiTable = Object.assign(
  Object.create(null) as Record<string, never>,
  core,
  ecStrings,
  httpsrv,
  pcre,
  registration,
) as ApiTable;
