/** `msys.http.client` (4/lua/ref-msys-http-client-new, 4/lua/ref-client-do-request and its neighbours). */
import { callerOf, LuaRaise, LuaTable, toDisplay, type HostCall, type LuaValue } from '../lua';
import type { HeaderList } from '../server/http/messages';
import type { UpstreamOutcome } from '../server/upstreams/outcome';
import { requestUrl, takeCredentials } from '../server/upstreams/upstreams';
import type { ClassDeclaration } from './classes';
import {
  basicAuthorization,
  chain,
  CURL_ERRORS,
  exchange,
  FAILURES,
  withHeaderLines,
  type CurlError,
} from './http-exchange';
import { bindObject } from './objects';
import type { ApiTable, Runtime } from './runtime';
import { text } from './values';

/** What a client has of its last request. */
interface LastResponse {
  readonly status: number;
  readonly reason: string;
  readonly headers: HeaderList;
  readonly body: string;
}

/** Before the first request, and after one that failed. */
const NOTHING: LastResponse = { status: 0, reason: '', headers: [], body: '' };

class HttpClient {
  readonly headerLines: string[] = [];
  /** Seconds. */
  timeout: number | undefined;
  last: LastResponse = NOTHING;
}

const httpClient: ClassDeclaration<HttpClient> = { name: 'msys.http.client:client' };

const client = (value: LuaValue) => value as HttpClient;

const METHODS = ['GET', 'POST', 'PUT', 'DELETE'];
const FORM = 'application/x-www-form-urlencoded';

function methodOf(runtime: Runtime, value: LuaValue, call: HostCall): string {
  const method = text(value);
  if (METHODS.includes(method)) return method;
  const problem = `bad argument #1 to 'do_request' (one of ${METHODS.join(', ')} expected, got '${method}')`;
  runtime.server.report('BAD_ARGUMENT', toDisplay(problem), callerOf(call.L));
  throw new LuaRaise(problem);
}

/** The headers that libcurl sends by itself, with the client's own. */
function headersOf(
  { headerLines }: HttpClient,
  method: string,
  url: URL,
  credentials: string | undefined,
  data: string | undefined,
): HeaderList {
  const own: [string, string][] = [['Host', url.host]];
  if (credentials !== undefined) own.push(basicAuthorization(credentials));
  own.push(['Accept', '*/*']);
  if (data !== undefined || method === 'POST' || method === 'PUT')
    own.push(['Content-Length', String(data?.length ?? 0)]);
  if (data !== undefined && method !== 'PUT') own.push(['Content-Type', FORM]);
  return withHeaderLines(own, headerLines);
}

/** Keeps what came of a request; answers true, or nil and what libcurl says of the failure. */
function conclude(target: HttpClient, outcome: UpstreamOutcome): LuaValue[] {
  if (outcome.kind !== 'response') return failed(target, FAILURES[outcome.kind]);
  const { status, reason, headers, body } = outcome;
  target.last = { status, reason, headers, body: body.toString('latin1') };
  return [true];
}

function failed(target: HttpClient, { text: reason }: CurlError): LuaValue[] {
  target.last = { ...NOTHING, reason };
  return [undefined, reason];
}

/** Values of one name are joined; a name is found in whatever case it is asked for. */
function parseHeaders({ vm }: Runtime, lines: LuaTable): LuaTable {
  const parsed = vm.newTable();
  const names = new Map<string, string>();
  for (let line = lines.get(1), i = 1; line !== undefined; line = lines.get(++i)) {
    const [, given, value] = /^([^:\s]+):[ \t]*(.*?)\s*$/s.exec(text(line)) ?? [];
    if (given === undefined || value === undefined) continue;
    const key = given.toLowerCase();
    const name = names.get(key) ?? given;
    const before = parsed.get(name);
    names.set(key, name);
    parsed.set(name, before === undefined ? value : `${text(before)}, ${value}`);
  }
  const metatable = vm.newTable();
  const find = vm.hostFunction(([, key]) => {
    const name = typeof key === 'string' ? names.get(key.toLowerCase()) : undefined;
    return [name === undefined ? undefined : parsed.get(name)];
  });
  metatable.set('__index', find);
  parsed.setMetatable(metatable);
  return parsed;
}

export const httpClients: ApiTable = {
  'msys.http.client.new': (runtime) => bindObject(runtime, httpClient, new HttpClient()),

  'client:set_timeout': (_runtime, [target, seconds]) => {
    client(target).timeout = seconds === undefined ? undefined : Math.trunc(Number(seconds));
    return undefined;
  },

  'client:set_header': (runtime, [target, header], call) => {
    const { headerLines } = client(target);
    if (header === undefined) {
      headerLines.length = 0;
      return undefined;
    }
    const line = text(header);
    if (/[\r\n]/.test(line)) {
      const problem =
        "bad argument #1 to 'set_header' (one line expected: a line break begins another header)";
      runtime.server.report('BAD_ARGUMENT', problem, callerOf(call.L));
      throw new LuaRaise(problem);
    }
    headerLines.push(line);
    return undefined;
  },

  'client:do_request': (runtime, [target, type, address, data], call) => {
    const own = client(target);
    const method = methodOf(runtime, type, call);
    const url = requestUrl(text(address));
    if (!url) return failed(own, CURL_ERRORS.URL_MALFORMAT);
    if (!/^https?:$/.test(url.protocol)) return failed(own, CURL_ERRORS.UNSUPPORTED_PROTOCOL);
    const credentials = takeCredentials(url);
    const body = data === undefined || method === 'GET' ? undefined : text(data);
    const headers = headersOf(own, method, url, credentials, body);
    const request = { method, url, headers, body: Buffer.from(body ?? '', 'latin1') };
    const sent = exchange(runtime, request, { total: own.timeout }, 'client:do_request', call);
    return chain(sent, (outcome) => conclude(own, outcome));
  },

  'client:get_status': (_runtime, [target]) => {
    const { status, reason } = client(target).last;
    return [status, reason];
  },

  'client:get_body': (_runtime, [target]) => client(target).last.body,

  'client:get_headers': ({ vm }, [target]) => {
    const lines = vm.newTable();
    client(target).last.headers.forEach(([name, value], i) => lines.set(i + 1, `${name}: ${value}`));
    return lines;
  },

  'client:parse_headers': (runtime, [, lines]) => parseHeaders(runtime, lines as LuaTable),
};
