import { withCNames } from './httpsrv-method';
import { register } from './httpsrv-register';
import { requestMethods } from './httpsrv-request';
import { responseMethods } from './httpsrv-response';
import { sessionMethods } from './httpsrv-session';
import type { ApiTable } from './runtime';

/** `msys.httpsrv` and the session object (4/lua/ref-msys-httpsrv-register, 3/3-api/3-api-httpsrv). */
export const httpsrv: ApiTable = {
  'msys.httpsrv.register': register,
  ...withCNames({ ...requestMethods, ...responseMethods, ...sessionMethods }),
};
