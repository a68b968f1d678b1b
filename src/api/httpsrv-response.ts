import { LuaRaise } from '../lua';
import { writeJson } from '../lua/packages/json/host';
import { format } from './format';
import { method, response } from './httpsrv-method';
import type { IoObject } from './io-object';
import { checkOpen } from './io';
import { attempt } from './io-open';
import type { ApiTable } from './runtime';
import { bytes, counted, EBADF, OK, text } from './values';
import { writeDocument } from './xml';

/** Streamed with the response, or read and appended at once. */
const sendIo = method((session, [source, immediate]) => {
  const io = source as IoObject;
  if (Number(immediate) === 0) {
    session.setPayload(io);
    return OK;
  }
  const append = () => {
    session.append(io.readRest());
    return OK;
  };
  return attempt(append, EBADF);
});

/** What a handler prepares (3/3-api/apis-ec-httpsrv-response-*). */
export const responseMethods: ApiTable = {
  'session:response_status_set': response((session, [code, message]) =>
    session.statusSet(Number(code), text(message)),
  ),
  'session:response_status_set_std': response((session, [code, message, type]) =>
    session.statusSetStd(Number(code), text(message), type === undefined ? undefined : text(type)),
  ),
  'session:response_status_ok': response((session, [type]) => session.statusOk(text(type))),
  'session:response_status_denied': response((session, [type]) => session.statusDenied(text(type))),
  'session:response_status_not_found': response((session, [type]) => session.statusNotFound(text(type))),
  'session:response_status_error': response((session, [type]) => session.statusError(text(type))),
  'session:response_header_set': response((session, [name, value]) =>
    session.headerSet(text(name), text(value)),
  ),

  'session:response_append': response((session, [buffer, length]) =>
    session.append(Buffer.from(counted('response_append', buffer, length), 'latin1')),
  ),
  'session:response_printf': response((session, formatted, { vm }) =>
    session.append(Buffer.from(format(vm, formatted), 'latin1')),
  ),
  'session:response_string': response((session, [payload]) => session.setPayload(bytes(payload))),
  'session:response_json': response((session, [json]) => {
    const payload = writeJson(json);
    if (payload === undefined)
      throw new LuaRaise(
        "bad argument #1 to 'response_json' (a json object expected: json.encode makes one of a table)",
      );
    session.setPayload(Buffer.from(payload, 'latin1'));
  }),
  'session:response_xml': response((session, [document]) => session.setPayload(writeDocument(document))),
  'session:response_io': (runtime, [session, io, immediate], call) => {
    checkOpen(runtime, io as IoObject, call);
    return sendIo(runtime, [session, io, immediate], call);
  },
  'session:response_flush': response((session) => session.flush()),
};
