import type { HttpSession } from '../server/http/session';
import type { UrlDetails } from '../server/http/url-details';
import type { ClassDeclaration } from './classes';
import { dictionary } from './dictionary';
import { bindObject } from './objects';

/** What a handler returns: the numbers behind `msys.httpsrv.DONE` and `msys.httpsrv.ASYNC`. */
export const HANDLER_DONE = 0;
export const HANDLER_ASYNC = 1;

export const httpSession: ClassDeclaration<HttpSession> = { name: 'msys.core:_ec_httpsrv_session' };

/** A parsed URL (3/3-api/structs-ec-url-details). */
export const urlDetails: ClassDeclaration<UrlDetails> = {
  name: 'msys.core:_ec_url_details',
  fields: {
    url: (details) => details.url,
    scheme: (details) => details.scheme,
    userinfo: (details, runtime) => bindObject(runtime, userinfo, details.userinfo),
    host: (details) => details.host,
    port: (details) => details.port,
    path: (details) => details.path,
    raw_query: (details) => details.raw_query,
    query: (details) => details.query,
    fragment: (details) => details.fragment,
    attrs: (details, runtime) => details.attrs && bindObject(runtime, dictionary, details.attrs),
  },
};

const userinfo: ClassDeclaration<UrlDetails['userinfo']> = {
  name: 'msys.core:_ec_url_details_userinfo',
  fields: { user: (info) => info.user, pass: (info) => info.pass },
};

/** The event of a connection: scripts can only hand it on (3/3-api/apis-ec-httpsrv-request-event-get). */
export class ConnectionEvent {
  constructor(readonly connectionId: string) {}
}
export const connectionEvent: ClassDeclaration<ConnectionEvent> = { name: 'msys.core:_Event' };

/** The event loop of a connection (3/3-api/apis-ec-httpsrv-request-event-get-scheduler-inst). */
export class SchedulerInstance {
  constructor(readonly connectionId: string) {}
}
export const schedulerInstance: ClassDeclaration<SchedulerInstance> = {
  name: 'msys.core:_ec_scheduler_inst',
};
