import { readJson } from '../lua/packages/json/host';
import { MemoryFile } from '../server/io/memory-file';
import { acceptConstruct } from './accept-construct';
import { EcString } from './ec-string';
import { connectionOf } from './httpsrv-connection';
import { method } from './httpsrv-method';
import { connectionEvent, schedulerInstance, urlDetails } from './httpsrv-objects';
import { IoObject } from './io-object';
import { bindIo } from './io-objects';
import { bindObject, ecString } from './objects';
import type { ApiTable } from './runtime';
import { sockaddr } from './sockaddr';
import { ENOENT, OK, text } from './values';
import { readDocument } from './xml';

const READ_ONLY = { read: true, write: false };

/** What a handler asks of its request (3/3-api/apis-ec-httpsrv-request-*, 4/apis-ec-httpsrv-request-*). */
export const requestMethods: ApiTable = {
  'session:request_url_get': method((session, _args, runtime) =>
    bindObject(runtime, urlDetails, session.url),
  ),
  'session:request_method_get': method((session) => session.request.method),
  'session:request_header_get': method((session, [name]) => {
    const value = session.requestHeader(text(name));
    return [value === undefined ? ENOENT : OK, value];
  }),
  'session:request_content_type_get': method((session) => {
    const content = session.requestContentType();
    return content ? [OK, content.type, content.charset] : [ENOENT, undefined, undefined];
  }),

  // A new object each time; whether it could seek in production depends on the transfer coding.
  'session:request_data_get': method((session, _args, runtime) => [
    OK,
    bindIo(runtime, new IoObject(new MemoryFile(session.request.body, false), READ_ONLY)),
  ]),
  'session:request_data_get_string': method((session, _args, runtime) => [
    OK,
    bindObject(runtime, ecString, new EcString(session.request.body.toString('latin1'))),
  ]),
  // Success says that the body could be read: without an object it is not JSON, without a document not XML.
  'session:request_data_get_json': method((session, _args, { vm }) => [
    OK,
    readJson(vm, session.request.body.toString('latin1')),
  ]),
  'session:request_data_get_xml': method((session, _args, runtime) => [
    OK,
    readDocument(runtime, session.request.body),
  ]),

  'session:request_username_get': method(({ request }) => request.username),
  'session:request_subject_cn_get': method(({ request }) => request.subjectCn),
  'session:request_peer_address': method((session, _args, runtime) =>
    bindObject(runtime, sockaddr, connectionOf(runtime.server, session).peer),
  ),
  'session:request_local_address': method((session, _args, runtime) =>
    bindObject(runtime, sockaddr, connectionOf(runtime.server, session).local),
  ),
  'session:request_accept_construct_get': method((session, _args, runtime) =>
    bindObject(runtime, acceptConstruct, connectionOf(runtime.server, session).accepted),
  ),
  'session:request_event_get': method((session, _args, runtime) =>
    bindObject(runtime, connectionEvent, connectionOf(runtime.server, session).event),
  ),
  'session:request_event_get_scheduler_inst': method((session, _args, runtime) =>
    bindObject(runtime, schedulerInstance, connectionOf(runtime.server, session).scheduler),
  ),
};
