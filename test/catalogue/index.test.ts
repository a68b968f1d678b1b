import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { catalogue } from '../../src/catalogue';

const data = (file: string): Record<string, unknown> =>
  JSON.parse(readFileSync(path.join(__dirname, '../../src/catalogue/data', file), 'utf8')) as Record<
    string,
    unknown
  >;

describe('completeness', () => {
  const entries = catalogue.entries();

  test('all 305 documented functions, methods and properties are reachable', () => {
    const documented = entries.filter((entry) => entry.source === 'documented' && entry.kind !== 'constant');
    const pages = documented.reduce((sum, entry) => sum + (entry.forms?.length ?? 1), 0);
    expect(pages).toBe(305);
    expect(documented.filter((entry) => catalogue.find(entry.name) !== entry)).toEqual([]);
  });

  test('all 871 C functions are reachable in msys.core', () => {
    const names = Object.keys(data('c-functions.json'));
    expect(names).toHaveLength(871);
    expect(names.filter((name) => !catalogue.find(`msys.core.${name}`))).toEqual([]);
  });

  test('all 298 constants are reachable', () => {
    const names = Object.keys(data('constants.json'));
    expect(names).toHaveLength(298);
    expect(names.filter((name) => catalogue.find(name)?.kind !== 'constant')).toEqual([]);
  });

  test('no name occurs twice', () => {
    expect(new Set(entries.map((entry) => entry.name)).size).toBe(entries.length);
  });

  test('every entry has a signature that starts with its name', () => {
    expect(entries.filter((entry) => !entry.signature.startsWith(entry.name))).toEqual([]);
  });

  test('every type is one of Lua, or a class with its namespace', () => {
    const types = entries.flatMap((entry) =>
      [...entry.params, ...entry.returns].flatMap((p) => p.type.split('|')),
    );
    const plain = /^(string|number|boolean|table|function|thread|userdata|any|nil)$/;
    expect(types.filter((type) => !plain.test(type) && !/^[\w.]+:\w+$/.test(type))).toEqual([]);
  });

  test('the data of every file is one entry per line', () => {
    const root = path.join(__dirname, '../../src/catalogue/data');
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.json'),
    );
    expect(files).toHaveLength(10);
    for (const file of files) {
      const lines = readFileSync(path.join(root, file), 'utf8').split('\n');
      const keys = lines.filter((line) => line.startsWith('"')).map((line) => line.split('"', 2)[1]);
      expect(keys).toEqual(Object.keys(data(file)));
    }
  });
});

describe('find', () => {
  test.each([
    ['msys.core.dns_get_domain', 'msys.core.dns_get_domain(domain)', 'documented'],
    ['msys.core.mail_queue_delay_domain', 'msys.core.mail_queue_delay_domain(dr, note)', 'documented'],
    ['msys.registerModule', 'msys.registerModule(modname, table)', 'documented'],
    ['msys.registerControl', 'msys.registerControl(prefix, closure)', 'documented'],
    ['msys.httpsrv.register', 'msys.httpsrv.register(method, endpoint, handler)', 'documented'],
    ['msys.core.dict_iter2', 'msys.core.dict_iter2(dict)', 'inferred'],
    ['msys.core.dict_next', 'msys.core.dict_next(dict, iterator)', 'inferred'],
    ['msys.core.dict_key_exists_and_fetch', 'msys.core.dict_key_exists_and_fetch(a, key)', 'c-api'],
    ['msys.smpp.smpp_get_vals_from_dr', 'msys.smpp.smpp_get_vals_from_dr(pdu)', 'c-api'],
    ['msg:header', 'msg:header(hdr, [value], [mode])', 'documented'],
    ['msg:text', 'msg:text([value], [type], [charset])', 'documented'],
    ['session:request_url_get', 'session:request_url_get()', 'documented'],
    ['cc.argc', 'cc.argc', 'documented'],
    ['msys.core.EC_HOOK_RETRY', 'msys.core.EC_HOOK_RETRY = 2', 'documented'],
    ['msys.core.VALIDATE_CONT', 'msys.core.VALIDATE_CONT', 'documented'],
    ['print', 'print(...)', 'documented'],
    ['xml.newnode', 'xml.newnode(name, [ns])', 'inferred'],
  ])('%s', (name, signature, source) => {
    expect(catalogue.find(name)).toMatchObject({ name, signature, source });
  });

  test.each([
    'msys.core.dns_get_domian',
    'msys',
    'msg:smpp_free',
    'msys.httpsrv.smpp_free',
    'constructor',
    'cc:argc',
  ])('not %s', (name) => {
    expect(catalogue.find(name)).toBeUndefined();
  });

  test('the handler of an endpoint is a function or the name of one, its method may be nil', () => {
    const [method, , handler] = catalogue.find('msys.httpsrv.register')?.params ?? [];
    expect(method).toMatchObject({ type: 'string|nil', optional: false });
    expect(handler).toMatchObject({ type: 'function|string' });
    expect(catalogue.find('msys.httpsrv.register')).toMatchObject({
      namespace: 'msys.httpsrv',
      phases: ['rsrc_setup'],
      requires: ['msys.httpsrv'],
      since: '4.0',
      doc: '4/lua/ref-msys-httpsrv-register',
    });
  });

  test('a C function keeps its declaration and thread', () => {
    expect(catalogue.find('msys.core.mail_queue_purge_domain_binding')).toMatchObject({
      kind: 'c-function',
      prototype:
        'int mail_queue_purge_domain_binding(domain_record * dr, ec_binding_slot binding_slot, char * note, int quiet)',
      thread: 'scheduler',
      doc: '3/3-api/apis-mail-queue-purge-domain-binding',
    });
  });

  test('a parameter carries its default and its values', () => {
    const mode = catalogue.find('msg:header')?.params.at(-1);
    expect(mode).toMatchObject({
      optional: true,
      default: 'replace',
      values: ['replace', 'prepend', 'append'],
    });
  });

  test('pages of one method are merged into forms', () => {
    const header = catalogue.method('ec_message_part', 'header');
    expect(header?.forms).toHaveLength(3);
    expect(header?.params.map((param) => [param.name, param.type, param.optional])).toEqual([
      ['name', 'string', false],
      ['value', 'string|table|nil', true],
      ['mode', 'string', true],
    ]);
  });
});

describe('members of classes', () => {
  test.each([
    ['request_url_get', [], ['msys.core:_ec_url_details']],
    ['request_header_get', ['name: string'], ['number', 'string|nil']],
    ['request_method_get', [], ['string|nil']],
    ['request_data_get', [], ['number', 'msys.core:_io_object|nil']],
    ['request_data_get_string', [], ['number', 'msys.core:_ec_string|nil']],
    ['request_data_get_json', [], ['number', 'json:object|nil']],
    ['request_content_type_get', [], ['number', 'string|nil', 'string|nil']],
    ['request_accept_construct_get', [], ['msys.core:_accept_construct|nil']],
    ['response_header_set', ['name: string', 'value: string'], ['number']],
    ['response_append', ['buf: string', 'len: number'], ['number']],
    ['response_string', ['string: string|msys.core:_ec_string'], ['number']],
    ['response_json', ['json: json:object'], ['number']],
    ['response_printf', ['fmt: string', '...: any'], ['number']],
    ['response_status_set', ['code: number', 'message: string'], ['number']],
    ['response_status_set_std', ['code: number', 'message: string', 'mimetype?: string'], ['number']],
    ['response_status_not_found', ['type: string'], ['number']],
    ['ctx_set', ['blobject: msys.core:_ec_blobject|nil'], []],
    ['session_suspend', [], ['number']],
    ['session_resume', ['finished: number'], ['number']],
  ])('session:%s', (member, params, returns) => {
    const entry = catalogue.method('ec_httpsrv_session', member);
    const written = entry?.params.map((p) => `${p.name}${p.optional && !p.variadic ? '?' : ''}: ${p.type}`);
    expect(written).toEqual(params);
    expect(entry?.returns.map((r) => r.type)).toEqual(returns);
    expect(entry).toMatchObject({
      kind: 'method',
      receiver: 'ec_httpsrv_session',
      requires: ['msys.extended.httpsrv'],
    });
  });

  test.each(['ec_message', '_ec_message', 'msys.core:_ec_message'])('a class is known as %s', (className) => {
    expect(catalogue.method(className, 'mailfrom')?.name).toBe('msg:mailfrom');
  });

  test('a C function is a method only of the class of its first parameter', () => {
    expect(catalogue.method('ec_message_part', 'unlink')?.source).toBe('documented');
    expect(catalogue.method('ec_message', 'part_unlink')).toBeUndefined();
    expect(catalogue.method('ec_httpsrv_session', 'register')).toBeUndefined();
    expect(catalogue.method('validate_context', 'exists_and_get')?.name).toBe('vctx:exists_and_get');
  });

  test('methods lists documented and derived ones once', () => {
    const members = catalogue.methods('ec_httpsrv_session').map((entry) => entry.member);
    expect(members).toEqual(expect.arrayContaining(['request_url_get', 'response_flush', 'service_ctx_get']));
    expect(new Set(members).size).toBe(members.length);
    expect(catalogue.methods('no_such_class')).toEqual([]);
  });

  test('properties', () => {
    expect(catalogue.property('command_construct', 'argv')).toMatchObject({
      name: 'cc.argv',
      writable: false,
    });
    expect(catalogue.property('msys.core:_ec_message', 'priority')).toMatchObject({ writable: true });
    expect(catalogue.property('ec_message', 'header')).toBeUndefined();
    expect(catalogue.properties('command_construct').map((entry) => entry.member)).toEqual(['argc', 'argv']);
  });

  test.each([
    ['domain_record', 'deliveries', 'u_int32_t', 'number'],
    ['domain_record', 'domain', 'char*', 'string'],
    ['command_construct', 'argv', 'const char**', 'userdata'],
    ['validate_context', 'disconnect', 'unsigned:1', 'number'],
    ['message_construct', 'ctx', 'validate_context', 'msys.core:_validate_context'],
    ['ec_url_details', 'attrs', 'ECDict', 'msys.core:_ECDict'],
    ['msys.core:_ec_string', 'buffer', 'char*', 'string'],
    ['ec_message_part', 'next', 'ec_message_part*', 'msys.core:_ec_message_part'],
    ['http_response', 'status_code', 'string*', 'msys.core:_ec_string'],
    ['ec_url_details_userinfo', 'user', 'char*', 'string'],
  ])('field %s.%s', (className, name, ctype, type) => {
    expect(catalogue.field(className, name)).toMatchObject({ name, ctype, type });
  });

  test('fields that belong to a nested struct are not on the outer one', () => {
    expect(catalogue.field('ec_url_details', 'user')).toBeUndefined();
    expect(catalogue.field('ec_message', 'name_length')).toBeUndefined();
    expect(catalogue.fields('no_such_struct')).toEqual([]);
    expect(catalogue.structs()).toHaveLength(90);
  });
});

describe('namespaces, packages, constants', () => {
  test('namespaces with their parents', () => {
    expect(catalogue.namespaces()).toEqual(
      expect.arrayContaining([
        'msys',
        'msys.core',
        'msys.db',
        'msys.http',
        'msys.http.client',
        'json',
        'thread',
      ]),
    );
    expect(catalogue.namespaces()).not.toContain('');
  });

  test('packages', () => {
    expect(catalogue.packages()).toEqual(
      expect.arrayContaining([
        'msys.core',
        'msys.extended.httpsrv',
        'msys.extended.vctx',
        'msys.boot',
        'xml',
        'strict',
      ]),
    );
    expect(catalogue.isPackage('msys.http')).toBe(false);
    expect(
      catalogue
        .entries()
        .flatMap((entry) => entry.requires)
        .filter((name) => !catalogue.isPackage(name)),
    ).toEqual([]);
  });

  test('constants of a namespace', () => {
    const core = catalogue.constants('msys.core');
    expect(core.get('EC_HOOK_DONE')).toBe(1);
    expect(core.has('VALIDATE_CONT')).toBe(true);
    expect(core.get('VALIDATE_CONT')).toBeUndefined();
    expect([...catalogue.constants('msys.httpsrv').keys()]).toEqual(['DONE', 'ASYNC']);
    expect(catalogue.constants('').get('BC_SOFT_TIMEOUT')).toBe(24);
    expect(catalogue.constants('msys.nothing').size).toBe(0);
  });
});
