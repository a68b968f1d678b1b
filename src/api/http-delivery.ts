/** The session of a delivery over HTTP, `sess` (3/3-api/structs-http-session, 4/lua/ref-sess-request-add-header). */
import { catalogue } from '../catalogue';
import type { LuaValue } from '../lua';
import { byteString } from '../server/bytes';
import type { DeliveryRequest } from '../server/delivery/http-request';
import type { DeliveryResponse, HttpDeliverySession } from '../server/delivery/http-session';
import type { ClassDeclaration } from './classes';
import { bindConnection, currentMessage } from './delivery-objects';
import { EcString } from './ec-string';
import { bindObject, ecString } from './objects';
import type { ApiImplementation, ApiTable, Runtime } from './runtime';
import { text } from './values';

/** C's `string *`. */
const string = (runtime: Runtime, bytes: string | undefined): LuaValue =>
  bytes === undefined ? undefined : bindObject(runtime, ecString, new EcString(bytes));

const httpRequest: ClassDeclaration<DeliveryRequest> = {
  name: 'msys.core:_http_request',
  fields: {
    method: ({ method }, runtime) => string(runtime, method),
    version: ({ version }, runtime) => string(runtime, version),
    uri: ({ uri }, runtime) => string(runtime, uri),
    body: ({ body }, runtime) => string(runtime, body),
    data: ({ data }, runtime) => string(runtime, data),
  },
};

const httpResponse: ClassDeclaration<DeliveryResponse> = {
  name: 'msys.core:_http_response',
  fields: {
    read_done: () => 1,
    header_done: () => 1,
    content_length: ({ contentLength }) => contentLength,
    version: ({ version }, runtime) => string(runtime, version),
    status_code: ({ status }, runtime) => string(runtime, status),
    status_reason: ({ reason }, runtime) => string(runtime, reason),
    // A pointer into the data: what C has as text.
    body: ({ body }) => body,
    data: ({ data }, runtime) => string(runtime, data),
    payload_offset: ({ payloadOffset }) => payloadOffset,
  },
};

const httpSession: ClassDeclaration<HttpDeliverySession> = {
  name: 'msys.core:_http_session',
  fields: {
    connh: (session, runtime) => bindConnection(runtime, session),
    ipaddr: ({ connection }, runtime) => string(runtime, byteString(connection.ip)),
    request: ({ request }, runtime) => bindObject(runtime, httpRequest, request),
    response: ({ response }, runtime) => response && bindObject(runtime, httpResponse, response),
  },
};

export const bindHttpSession = (runtime: Runtime, session: HttpDeliverySession): LuaValue =>
  bindObject(runtime, httpSession, session);

const requestOf = (value: LuaValue) => (value as HttpDeliverySession).request;

/** C's truth of an int. */
const isTrue = (value: LuaValue) => value === true || (typeof value !== 'boolean' && Number(value) !== 0);

const METHODS: Readonly<Record<string, ApiImplementation>> = {
  add_header: (_runtime, [session, name, value, replaces]) =>
    requestOf(session).addHeader(text(name), text(value), isTrue(replaces)),
  delete_header: (_runtime, [session, name]) => requestOf(session).deleteHeader(text(name)),
  set_body: (_runtime, [session, body]) => {
    requestOf(session).setBody(text(body));
    return undefined;
  },
  finalize: (_runtime, [session, update]) => requestOf(session).finalize(isTrue(update)),
};

const delivery = (constant: string): number => catalogue.constants('msys.delivery').get(constant)!;

const isSuccess = (status: number) => status >= 200 && status < 300;

export const httpDelivery: ApiTable = {
  ...Object.fromEntries(
    Object.entries(METHODS).flatMap(([name, method]) => [
      [`sess:request_${name}`, method],
      [`msys.core.http_request_${name}`, method],
    ]),
  ),

  'msys.delivery.ob_get_current_message': (runtime, [connection]) => currentMessage(runtime, connection),

  'msys.httpclnt.http_status_classifier': (_runtime, [status]) =>
    delivery(isSuccess(Number(status)) ? 'DELIVERY_SUCCESS' : 'DELIVERY_PERMFAILED'),
};
