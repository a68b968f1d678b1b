import type { HttpRequest, HttpResponseData } from '../../../src/server/http/messages';
import type { ResponseOptions } from '../../../src/server/http/response';
import { HttpSession } from '../../../src/server/http/session';

function sessionFor(request: Partial<HttpRequest> = {}): HttpSession {
  return new HttpSession({
    method: 'GET',
    target: '/somepath?a=1',
    headers: [],
    body: Buffer.alloc(0),
    remote: { address: '192.0.2.1', port: 40000 },
    local: { address: '192.0.2.2', port: 2081 },
    httpVersion: '1.1',
    ...request,
  });
}

type Prepare = (session: HttpSession) => void;
const inTurn =
  (...steps: Prepare[]): Prepare =>
  (session) => {
    for (const step of steps) step(session);
  };

type Summary = Omit<HttpResponseData, 'body' | 'defaultResponse'> & { body: string };

function respond(
  prepare: Prepare,
  options?: ResponseOptions,
  method = 'GET',
): Summary & { problems: string[] } {
  const session = sessionFor({ method });
  prepare(session);
  const { status, statusText, headers, body } = session.finish(options);
  return { status, statusText, headers, body: body.toString('latin1'), problems: session.problems };
}

const bytes = (text: string) => Buffer.from(text, 'latin1');

describe('the request', () => {
  const session = sessionFor({
    headers: [
      ['X-One', 'a'],
      ['x-one', 'b'],
      ['Content-Type', 'Text/Plain ; Charset="utf-8"; x=y'],
    ],
  });

  test('headers are found without regard to case, repetitions joined', () => {
    expect(session.requestHeader('x-ONE')).toBe('a, b');
    expect(session.requestHeader('x-two')).toBeUndefined();
  });

  test('the URL is the same object each time', () => {
    expect(session.url).toBe(session.url);
    expect(session.url.attrs?.get('a')).toBe('1');
  });

  test.each<[string, { type: string; charset: string | undefined }]>([
    ['Text/Plain ; Charset="utf-8"; x=y', { type: 'Text/Plain', charset: 'utf-8' }],
    ['text/html;charset=latin1', { type: 'text/html', charset: 'latin1' }],
    ['application/json', { type: 'application/json', charset: undefined }],
  ])('content type %s', (value, expected) => {
    expect(sessionFor({ headers: [['content-type', value]] }).requestContentType()).toEqual(expected);
  });

  test('no content type', () => {
    expect(sessionFor().requestContentType()).toBeUndefined();
  });
});

describe('status and body', () => {
  const plain = ['Content-Type', 'text/plain'];
  test.each<[string, Prepare, [status: number, statusText: string, body: string, headers: string[][]]]>([
    ['ok', (s) => s.statusOk('text/plain'), [200, 'OK', '', [plain]]],
    ['denied', (s) => s.statusDenied('text/plain'), [403, 'DENIED', '', [plain]]],
    ['not found', (s) => s.statusNotFound('text/plain'), [404, 'NOT FOUND', '', [plain]]],
    ['error without a type', (s) => s.statusError(), [500, 'ERROR', '', []]],
    ['status', (s) => s.statusSet(299, 'Fine'), [299, 'Fine', '', []]],
    [
      'the last status wins',
      inTurn(
        (s) => s.statusSetStd(201, 'x'),
        (s) => s.statusSet(202, 'y'),
      ),
      [202, 'y', '', []],
    ],
    ['payload alone', (s) => s.append(bytes('hi')), [200, 'OK', 'hi', []]],
    ['header alone', (s) => s.headerSet('X-A', 'b'), [200, 'OK', '', [['X-A', 'b']]]],
    [
      'appended',
      inTurn(
        (s) => s.append(bytes('a')),
        (s) => s.append(bytes('b')),
      ),
      [200, 'OK', 'ab', []],
    ],
    [
      'appended to a set one',
      inTurn(
        (s) => s.setPayload(bytes('a')),
        (s) => s.append(bytes('b')),
      ),
      [200, 'OK', 'ab', []],
    ],
    [
      'set after appended',
      inTurn(
        (s) => s.append(bytes('a')),
        (s) => s.setPayload(bytes('b')),
      ),
      [200, 'OK', 'b', []],
    ],
    ['control characters', (s) => s.statusSet(200, 'a\r\nX: y\tz\x00\x7f\xe9'), [200, 'aX: yz\xe9', '', []]],
  ])('%s', (_name, prepare, [status, statusText, body, headers]) => {
    expect(respond(prepare)).toEqual({
      status,
      statusText,
      body,
      headers: [...headers, ['Content-Length', String(body.length)]],
      problems: [],
    });
  });

  test('what is appended is a copy', () => {
    const buffer = bytes('abc');
    const { body } = respond((session) => {
      session.append(buffer);
      buffer.fill('x');
    });
    expect(body).toBe('abc');
  });

  test('a header replaces one of the same name, whatever its case', () => {
    const { headers } = respond((session) => {
      session.headerSet('Content-Type', 'text/html');
      session.headerSet('X-A', '1');
      session.statusSetStd(200, 'OK', 'text/plain');
      session.headerSet('x-a', '\xe9\t2');
    });
    expect(headers.slice(0, 2)).toEqual([
      ['Content-Type', 'text/plain'],
      ['x-a', '\xe9\t2'],
    ]);
  });

  test('reset forgets what was prepared', () => {
    const session = sessionFor();
    session.statusSetStd(201, 'made', 'text/plain');
    session.append(bytes('x'));
    session.reset();
    expect(session.finish()).toMatchObject({ status: 200, defaultResponse: true, body: Buffer.alloc(0) });
  });
});

describe('the message of response_status_set_std as body', () => {
  const hello: Prepare = (session) => session.statusSetStd(200, '/a says:\nHello \xff', 'text/plain');
  const helloThenPayload: Prepare = (session) => {
    hello(session);
    session.append(bytes('payload'));
  };
  const standard: Prepare = (session) => session.statusSetStd(404, 'not found', 'text/plain');
  test.each<[string, Prepare, NonNullable<ResponseOptions['statusMessageAsBody']> | undefined, string]>([
    ['content, by default', hello, undefined, '/a says:\nHello \xff'],
    ['content', hello, 'never', ''],
    ['content and payload', helloThenPayload, 'when-empty', 'payload'],
    ['content and payload', helloThenPayload, 'always', '/a says:\nHello \xffpayload'],
    ['content and an empty payload', inTurn(hello, (s) => s.setPayload(bytes(''))), 'when-empty', ''],
    ['a standard reason', standard, 'when-empty', ''],
    ['a standard reason', standard, 'always', 'not found'],
    ["a helper's reason", (s) => s.statusSetStd(403, 'DENIED'), 'when-empty', ''],
    ["another status's reason", (s) => s.statusSetStd(200, 'DENIED'), 'when-empty', 'DENIED'],
    ['status_set', (s) => s.statusSet(200, 'hello'), 'always', ''],
  ])('%s, %#', (_name, prepare, statusMessageAsBody, body) => {
    expect(respond(prepare, { statusMessageAsBody }).body).toBe(body);
  });
});

describe('the default response', () => {
  test('is an empty 200, and says that it is the default', () => {
    expect(sessionFor().finish()).toEqual({
      status: 200,
      statusText: 'OK',
      headers: [['Content-Length', '0']],
      body: Buffer.alloc(0),
      defaultResponse: true,
    });
  });

  test('is not used when anything was set', () => {
    const session = sessionFor();
    session.headerSet('X-A', 'b');
    expect(session.finish({ defaultResponse: { status: 418 } })).toMatchObject({
      status: 200,
      defaultResponse: false,
    });
  });

  test('can be chosen', () => {
    const defaultResponse = { status: 404, body: bytes('no'), headers: [['X-Default', '1']] as const };
    expect(respond(() => undefined, { defaultResponse })).toMatchObject({
      status: 404,
      statusText: 'Not Found',
      body: 'no',
      headers: [
        ['X-Default', '1'],
        ['Content-Length', '2'],
      ],
    });
  });
});

describe('responses without a body', () => {
  test('HEAD keeps the length', () => {
    const { body, headers } = respond((session) => session.append(bytes('abc')), {}, 'HEAD');
    expect([body, headers]).toEqual(['', [['Content-Length', '3']]]);
  });

  test.each([204, 304])('%d has neither length nor body, the message is no problem', (status) => {
    const { body, headers, problems } = respond((session) => session.statusSetStd(status, 'Deleted it'));
    expect([body, headers, problems]).toEqual(['', [], []]);
  });
});

describe('problems', () => {
  test.each<[string, Prepare, RegExp]>([
    ['a status of two digits', (s) => s.statusSet(99, 'x'), /^99 is not an HTTP status code/],
    ['a status of four digits', (s) => s.statusSet(1000, 'x'), /^1000 is not/],
    ['a fraction', (s) => s.statusSet(200.5, 'x'), /^200.5 is not/],
    ['not a number', (s) => s.statusSet(NaN, 'x'), /^NaN is not/],
    ['an informational status', (s) => s.statusSet(103, 'Early Hints'), /^status 103 announces/],
    ['a header name with a space', (s) => s.headerSet('X A', 'b'), /^"X A" is not a valid header name/],
    ['an empty header name', (s) => s.headerSet('', 'b'), /^"" is not a valid header name/],
    [
      'header injection',
      (s) => s.headerSet('X-A', 'b\r\nX-B: c'),
      /^the value "b\\r\\nX-B: c" of the header X-A/,
    ],
    ['injection by the type', (s) => s.statusOk('a/b\r\nX-B: c'), /of the header Content-Type holds/],
    ['a wide character', (s) => s.headerSet('X-A', '\u20ac'), /^the value/],
    [
      'a payload for 204',
      inTurn(
        (s) => s.statusSet(204, 'x'),
        (s) => s.append(bytes('ab')),
      ),
      /^a 204 response has no body; .* 2 /,
    ],
    ['a wrong length', (s) => s.headerSet('content-length', '7'), /^the header content-length: 7 does not/],
    [
      'a transfer coding',
      (s) => s.headerSet('Transfer-Encoding', 'chunked'),
      /^the header Transfer-Encoding/,
    ],
    [
      'an endless reason',
      (s) => s.statusSetStd(200, 'x'.repeat(9000)),
      /^the status line's text has 9000 bytes/,
    ],
  ])('%s', (_name, prepare, expected) => {
    const { problems, headers, statusText } = respond(prepare);
    expect(problems).toEqual([expect.stringMatching(expected)]);
    expect(headers.filter(([name]) => !/^content-(length|type)$/i.test(name))).toEqual([]);
    expect(statusText.length).toBeLessThan(8500);
  });

  test('an invalid status is sent as 500', () => {
    expect(respond((session) => session.statusSet(42, 'x')).status).toBe(500);
  });

  test('the right length is none', () => {
    const { problems, headers } = respond((session) => {
      session.headerSet('content-length', '2');
      session.append(bytes('ab'));
    });
    expect([problems, headers]).toEqual([[], [['Content-Length', '2']]]);
  });
});
