interface ClassInfo {
  /** As `msys.type` names it. Only a few are documented; the others follow their pattern. */
  readonly lua: string;
  /** What the documentation calls an object of the class. */
  readonly variable: string;
  /** C functions with this prefix whose first parameter is the class are its methods. */
  readonly prefix?: string;
  /** Packages that bring the methods derived from `prefix`. */
  readonly requires?: readonly string[];
}

const core = (name: string, variable: string, prefix?: string, requires?: readonly string[]): ClassInfo => ({
  lua: `msys.core:_${name}`,
  variable,
  prefix,
  requires,
});

/** Classes that the documentation gives a variable of their own; every other C struct follows `classInfo`. */
const CLASSES: Readonly<Record<string, ClassInfo>> = {
  accept_construct: core('accept_construct', 'ac'),
  command_construct: core('command_construct', 'cc'),
  domain_record: core('domain_record', 'dr'),
  ec_httpsrv_session: core('ec_httpsrv_session', 'session', 'ec_httpsrv_', ['msys.extended.httpsrv']),
  ec_message: core('ec_message', 'msg', 'ec_message_'),
  ec_message_part: core('ec_message_part', 'msgpart', 'ec_message_part_'),
  ec_ssl_ctx_params: core('ec_ssl_ctx_params', 'tls_params'),
  ec_statvfs: core('ec_statvfs', 'statvfs'),
  ec_string: core('ec_string', 'str'),
  ec_url_details: core('ec_url_details', 'url_details'),
  http_session: core('http_session', 'sess', 'http_', ['msys.httpclnt']),
  io_object: core('io_object', 'io_object'),
  message_construct: core('message_construct', 'mc'),
  validate_context: core('validate_context', 'vctx', 'validate_context_'),
  mm7_recipient: { lua: 'msys.mms:mm7_recipient', variable: 'mm7_recipient' },
  mm7_transaction: { lua: 'msys.mms:mm7_transaction', variable: 'mm7_transaction' },
  SMPP_PDU: { lua: 'msys.smpp:SMPP_PDU', variable: 'smpp_pdu' },
  smpp_conn: { lua: 'msys.smpp:smpp_conn', variable: 'smpp_conn' },
  counter: { lua: 'msys.counter:counter', variable: 'counter' },
  timer: { lua: 'msys.timer:timer', variable: 'timer' },
  jid: { lua: 'msys.xmpp:jid', variable: 'jid' },
  xmpp: { lua: 'msys.xmpp:xmpp', variable: 'xmpp' },
  http_client: { lua: 'msys.http.client:client', variable: 'client' },
  curl_easy: { lua: 'curl:easy', variable: 'c' },
  json_object: { lua: 'json:object', variable: 'json_object' },
  thread_mutex: { lua: 'thread:mutex', variable: 'mutex' },
  xml_document: { lua: 'xml:document', variable: 'doc' },
  xml_node: { lua: 'xml:node', variable: 'node' },
};

/** Names under which C declarations and pages know a class. */
const ALIASES: Readonly<Record<string, string>> = {
  string: 'ec_string',
  email_message: 'ec_message',
  validation_context: 'validate_context',
  ec_statvfs_t: 'ec_statvfs',
  xmlDocPtr: 'xml_document',
  xmlNodePtr: 'xml_node',
};

const entries = Object.entries(CLASSES);
const byLuaName = new Map(entries.map(([key, info]) => [info.lua, key]));
const byVariable = new Map(entries.map(([key, info]) => [info.variable, key]));

/** The one name of a class, from any of `msys.core:_ec_message`, `_ec_message`, `ec_message`. */
export function classKey(name: string): string {
  const bare = name.slice(name.lastIndexOf(':') + 1).replace(/^_+/, '');
  return byLuaName.get(name) ?? ALIASES[bare] ?? bare;
}

/** The class that the documentation's variable (`msg`, `vctx`, `session`) or the class name itself stands for. */
export function classOfVariable(variable: string): string | undefined {
  return byVariable.get(variable) ?? (variable in CLASSES ? variable : undefined);
}

export function classInfo(key: string): ClassInfo {
  return CLASSES[key] ?? core(key, key);
}

export const classKeys = (): readonly string[] => Object.keys(CLASSES);

const PLAIN = new Set([
  'string',
  'number',
  'boolean',
  'table',
  'function',
  'thread',
  'userdata',
  'any',
  'nil',
]);

/** Writes the classes in a union by their Lua names: `ec_message|nil` becomes `msys.core:_ec_message|nil`. */
export function luaUnion(type: string): string {
  const name = (part: string): string => (PLAIN.has(part) ? part : classInfo(classKey(part)).lua);
  return type.split('|').map(name).join('|');
}

/** Whether a part of a union is a class rather than one of Lua's own types. */
export const isClass = (part: string): boolean => !PLAIN.has(part);
