import { conformance } from './harness';
import { accessControl } from './http/access';
import { configuration } from './http/configuration';
import { connections } from './http/connections';
import { logging } from './http/logging';
import { outbound } from './http/outbound';
import { registration } from './http/registration';
import { response } from './http/response';
import { session } from './http/session';
import { statisticsApi } from './http/statistics';
import { suspension } from './http/suspension';
import { url } from './http/url';

const { row, end } = conformance('http');
for (const declare of [
  configuration,
  accessControl,
  connections,
  registration,
  session,
  response,
  url,
  suspension,
  logging,
  outbound,
  statisticsApi,
])
  declare(row);
end();
