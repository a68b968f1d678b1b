import { fieldType, marshal } from '../../src/catalogue/ctypes';

test.each<[string, string, string, string[], string[]]>([
  ['nothing for void', 'void', 'ECDict a', ['a: msys.core:_ECDict'], []],
  ['a number', 'unsigned int', 'size_t n', ['n: number'], ['number']],
  ['NULL is nil', 'const char *', 'int n', ['n: number'], ['string|nil']],
  [
    'an object',
    'domain_record *',
    'const char * domain',
    ['domain: string'],
    ['msys.core:_domain_record|nil'],
  ],
  [
    'output pointers follow',
    'int',
    'const char ** k; const char ** v',
    [],
    ['number', 'string|nil', 'string|nil'],
  ],
  [
    'an output after void',
    'void',
    'ECDict a; ECDict_Iterator ** i',
    ['a: msys.core:_ECDict'],
    ['msys.core:_ECDict_Iterator|nil'],
  ],
  [
    'a number by pointer is an output',
    'int',
    'string * out; int * isnull',
    ['out: msys.core:_ec_string'],
    ['number', 'number'],
  ],
  ['a hidden pointer by pointer', 'int', 'xmlDocPtr * xml', [], ['number', 'xml:document|nil']],
  ['a struct tag', 'void', 'struct _accept_construct * ac', ['ac: msys.core:_accept_construct'], []],
  ['the time is an input', 'int', 'struct timeval * now', ['now: msys.core:_timeval'], ['number']],
  [
    'a list of strings is an input',
    'int',
    'int argc; char *const * argv',
    ['argc: number', 'argv: userdata'],
    ['number'],
  ],
  [
    'a callback',
    'int',
    'int(*)(void *closure, char *buf, int len) consumer',
    ['consumer: function'],
    ['number'],
  ],
  ['a callback by typedef', 'void', 'EventFunc f; void * closure', ['f: function', 'closure: any'], []],
  ['an undocumented result', '', '', [], ['any']],
  ['an enumeration', 'enum sieve_arg_type', '', [], ['number']],
])('%s', (_, returns, params, expectedParams, expectedReturns) => {
  const marshalled = marshal('f', returns, params);
  expect(marshalled.params.map((param) => `${param.name}: ${param.type}`)).toEqual(expectedParams);
  expect(marshalled.returns.map((result) => result.type)).toEqual(expectedReturns);
  expect(marshalled.returns.map((result) => result.position)).toEqual(expectedReturns.map((__, i) => i + 1));
});

test.each([
  ['stringprintf', 'string * str; const char * format;  ...', true],
  ['ec_asprintf', 'char ** strp; const char * fmt', true],
  ['ec_vasprintf', 'char ** strp; const char * fmt; va_list ap', false],
])('%s: variadic %s', (name, params, variadic) => {
  expect(marshal(name, 'int', params).params.at(-1)?.variadic ?? false).toBe(variadic);
});

test.each([
  ['unsigned:1', 'number'],
  ['char[6]', 'string'],
  ['ECDict[2]', 'msys.core:_ECDict'],
  ['mx_record**', 'userdata'],
  ['struct', 'userdata'],
  ['LogEmailFunc_1', 'function'],
  ['void*', 'any'],
])('a field of type %s is %s', (ctype, type) => {
  expect(fieldType(ctype)).toBe(type);
});
