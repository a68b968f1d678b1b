import { core } from './core';
import { httpsrv } from './httpsrv';
import { registration } from './register';
import type { ApiTable } from './runtime';

/** Everything that is simulated, by the qualified names of the catalogue. */
export const IMPLEMENTATIONS: ApiTable = Object.assign(
  Object.create(null) as Record<string, never>,
  core,
  httpsrv,
  registration,
);
