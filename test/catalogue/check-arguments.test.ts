import { catalogue, checkArguments, type ApiEntry, type ArgumentKind } from '../../src/catalogue';

const nil: ArgumentKind = { kind: 'nil' };
const none: ArgumentKind = { kind: 'none' };
const text: ArgumentKind = { kind: 'string' };
const digits: ArgumentKind = { kind: 'string', numeric: true };
const number: ArgumentKind = { kind: 'number' };
const boolean: ArgumentKind = { kind: 'boolean' };
const table: ArgumentKind = { kind: 'table' };
const fn: ArgumentKind = { kind: 'function' };
const object = (className?: string): ArgumentKind => ({ kind: 'userdata', className });

function entry(name: string): ApiEntry {
  const found = catalogue.find(name);
  if (!found) throw new Error(`not in the catalogue: ${name}`);
  return found;
}

test.each<[string, ArgumentKind[]]>([
  ['msys.core.dns_get_domain', [text]],
  ['msys.core.dns_get_domain', [number]],
  ['msys.httpsrv.register', [nil, text, fn]],
  ['msys.httpsrv.register', [text, text, text]],
  ['msys.core.mail_queue_delay_domain', [object('msys.core:_domain_record'), text]],
  ['msys.core.mail_queue_delay_domain', [object('domain_record'), text]],
  ['msys.core.mail_queue_delay_domain', [object(), text]],
  ['msys.sleep', [number]],
  ['msys.sleep', [digits]],
  ['msys.dnsLookup', [text]],
  ['msys.dnsLookup', [text, nil, nil]],
  ['msys.dnsLookup', [text, none, table]],
  ['msg:header', [text, table, text]],
  ['msg:code', [number, text]],
  ['msg:mailfrom', []],
  ['msys.type', [nil]],
  ['print', []],
  ['print', [nil, text, table]],
  ['msys.core.dict_next', [object('ECDict'), object('ECDict_Iterator')]],
  ['session:ctx_set', [nil]],
  ['msys.core.ec_message_new', [nil]],
  ['msys.core.config_get_binding_group', [nil, number]],
])('%s accepts %j', (name, args) => {
  expect(checkArguments(entry(name), args)).toBeUndefined();
});

test.each<[string, ArgumentKind[], number, string, string, string]>([
  ['msys.core.dns_get_domain', [nil], 1, 'domain', 'string', 'nil'],
  ['msys.core.dns_get_domain', [], 1, 'domain', 'string', 'no value'],
  ['msys.core.dns_get_domain', [boolean], 1, 'domain', 'string', 'boolean'],
  ['msys.core.mail_queue_delay_domain', [nil, text], 1, 'dr', 'msys.core:_domain_record', 'nil'],
  [
    'msys.core.mail_queue_delay_domain',
    [object('msys.core:_ec_message'), text],
    1,
    'dr',
    'msys.core:_domain_record',
    'msys.core:_ec_message',
  ],
  ['msys.core.mail_queue_delay_domain', [table, text], 1, 'dr', 'msys.core:_domain_record', 'table'],
  ['msys.httpsrv.register', [text, text, nil], 3, 'handler', 'function|string', 'nil'],
  ['msys.httpsrv.register', [text, nil, fn], 2, 'endpoint', 'string', 'nil'],
  ['msys.registerControl', [text, text], 2, 'closure', 'function', 'string'],
  ['msys.registerModule', [text], 2, 'table', 'table', 'no value'],
  ['msys.sleep', [text], 1, 'duration_in_seconds', 'number', 'string'],
  ['msys.dnsLookup', [text, table], 2, 'recordtype', 'string', 'table'],
  ['msg:makeBoundary', [object('ec_message_part'), nil], 2, '...', 'msys.core:_ec_message_part', 'nil'],
  ['session:response_string', [{ kind: 'table' }], 1, 'string', 'string|msys.core:_ec_string', 'table'],
])('%s refuses %j', (name, args, index, parameter, expected, actual) => {
  expect(checkArguments(entry(name), args)).toEqual({ index, parameter, expected, actual });
});

test.each<[string, ArgumentKind[], number]>([
  ['msys.core.get_now_ts', [number], 1],
  ['msys.core.dns_get_domain', [text, text], 2],
  ['msg:mailfrom', [text, nil], 2],
])('%s ignores the surplus of %j', (name, args, index) => {
  expect(checkArguments(entry(name), args)).toMatchObject({ index, extra: true, parameter: undefined });
});

test('a wrong argument is reported before a surplus one', () => {
  expect(checkArguments(entry('msys.core.dns_get_domain'), [nil, text])).toMatchObject({
    index: 1,
    actual: 'nil',
  });
});
