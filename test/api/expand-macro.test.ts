import { Momentum } from '../../src';
import { SocketAddress } from '../../src/server/socket-address';
import { PolicyFixture } from './support/policy';

let policy: PolicyFixture;
beforeEach(() => {
  policy = new PolicyFixture({ bindings: [{ name: 'fast', group: 'pool' }] });
  const { vctx } = policy.session;
  vctx.connection.set('ehlo_string', 'EHLO mx.example.org').set('ehlo_domain', 'mx.example.org');
  vctx.message.set('mailfrom_localpart', 'strong-bad').set('mailfrom_domain', 'email.example.com');
});

const expand = async (text: string) => {
  const [expanded] = await policy.run(`return msys.expandMacro(${JSON.stringify(text)})`);
  return expanded;
};

// 4/lua/ref-msys-expand-macro, 3/3-reference/sieve-ecaddons
test.each([
  ['%{vctx_conn:ehlo_string}', 'EHLO mx.example.org'],
  ['a %{vctx_mess:mailfrom_domain} b %{vctx_conn:none}.', 'a email.example.com b .'],
  ['%{mailfrom_localpart}@%{mailfrom_domain}', 'strong-bad@email.example.com'],
  ['%{rfc822:date}', 'Fri, 02 Jan 2026 03:04:05 +0000'],
  ['100% %{none} %{none:x} %{', '100% %{none} %{none:x} %{'],
  ['', ''],
])('%s', async (text, expected) => {
  expect(await expand(text)).toBe(expected);
});

// 3/3-reference/sieve-ecaddons, 4/modules/spf: the examples of the SPF specification
describe('SPF', () => {
  beforeEach(() => {
    policy.message.from = 'strong-bad@email.example.com';
  });

  test.each([
    ['%{spfv1:s}', 'strong-bad@email.example.com'],
    ['%{spfv1:o}', 'email.example.com'],
    ['%{spfv1:d}', 'email.example.com'],
    ['%{spfv1:d4}', 'email.example.com'],
    ['%{spfv1:d3}', 'email.example.com'],
    ['%{spfv1:d2}', 'example.com'],
    ['%{spfv1:d1}', 'com'],
    ['%{spfv1:dr}', 'com.example.email'],
    ['%{spfv1:d2r}', 'example.email'],
    ['%{spfv1:l}', 'strong-bad'],
    ['%{spfv1:l-}', 'strong.bad'],
    ['%{spfv1:lr}', 'strong-bad'],
    ['%{spfv1:lr-}', 'bad.strong'],
    ['%{spfv1:l1r-}', 'strong'],
    ['%{spfv1:i}', '192.0.2.3'],
    ['%{spfv1:ir}.%{spfv1:v}._spf.%{spfv1:d2}', '3.2.0.192.in-addr._spf.example.com'],
    ['%{spfv1:lr-}.lp._spf.%{spfv1:d2}', 'bad.strong.lp._spf.example.com'],
    [
      '%{spfv1:ir}.%{spfv1:v}.%{spfv1:l1r-}.lp._spf.%{spfv1:d2}',
      '3.2.0.192.in-addr.strong.lp._spf.example.com',
    ],
    ['%{spfv1:d2}.trusted-domains.example.net', 'example.com.trusted-domains.example.net'],
    ['%{spfv1:h} %{spfv1:t}', 'mx.example.org 1767323045'],
    ['%{t}', '1767323045'],
    ['%{spfv1:d0} %{spfv1:z}', '%{spfv1:d0} %{spfv1:z}'],
  ])('%s', async (text, expected) => {
    expect(await expand(text)).toBe(expected);
  });

  test('the null sender is the postmaster of the EHLO domain', async () => {
    policy.message.from = '';
    expect(await expand('%{spfv1:s} %{spfv1:l}')).toBe('postmaster@mx.example.org postmaster');
  });

  test('of an IPv6 address', async () => {
    policy = new PolicyFixture({}, SocketAddress.ip('2001:db8::cb01', 25));
    expect(await expand('%{spfv1:ir}.%{spfv1:v} %{spfv1:c}')).toBe(
      '1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6 2001:db8::cb01',
    );
  });
});

// 4/modules/custom-logger
test.each([
  [
    '%{custom_logger:i} %{custom_logger:BI} %{custom_logger:CI}',
    '00/01-00001-31B987F3 00/02-00001-31B987F3 3F/A0-00001-31B987F3',
  ],
  [
    '%{custom_logger:m} %{custom_logger:M} %{custom_logger:r} %{custom_logger:R}',
    'sender example.com jo Example.NET',
  ],
  ['%{custom_logger:d} %{custom_logger:H} %{custom_logger:p}', 'example.net 192.0.2.3 esmtp'],
  ['%{custom_logger:h{subject}} [%{custom_logger:h{None}}]', 'hello []'],
  ['%{custom_logger:t} %{custom_logger:t{%Y-%m-%d %H:%M}}', '1767323045 2026-01-02 03:04'],
  ['%{custom_logger:T} %{custom_logger:T{0}} %{custom_logger:N} %{custom_logger:S}', '0.00 0 0 0'],
  ['%{custom_logger:vctx_conn{ehlo_domain}}', 'mx.example.org'],
  ['[%{custom_logger:b}%{custom_logger:U}%{custom_logger:n}%{custom_logger:OC}]', '[]'],
  ['%{custom_logger:x}', '%{custom_logger:x}'],
])('%s', async (text, expected) => {
  expect(await expand(text)).toBe(expected);
});

test('custom_logger knows the binding', async () => {
  policy.message.chosenBinding = 'fast';
  expect(await expand('%{custom_logger:b} %{custom_logger:g}')).toBe('fast pool');
});

// 3/3-reference/sieve-ecaddons
describe('portions of the message', () => {
  test.each([
    ['message,1', 'Subject: hello\r\n'],
    ['message,8b', 'Subject:\r\n'],
    ['headers', 'Subject: hello\r\nX-One: 1\r\n'],
    ['body', 'first\r\nsecond\r\n'],
    ['body,1', 'first\r\n'],
    ['body,3b', 'fir\r\n'],
    ['text', 'first\r\nsecond\r\n'],
    ['part,2', ''],
    ['text,1,1', 'first\r\n'],
  ])('%s', async (portion, expected) => {
    expect(await expand(`%{rfc2822:${portion}}`)).toBe(expected);
  });

  test('the parts of a multipart', async () => {
    policy.message.content!.raw = Buffer.from(
      [
        'Content-Type: multipart/mixed; boundary=b',
        '',
        '--b',
        'Content-Type: text/plain; charset=iso-8859-1',
        'Content-Transfer-Encoding: quoted-printable',
        '',
        'caf=E9',
        'second',
        '--b',
        'Content-Type: image/png',
        '',
        'png',
        '--b--',
        '',
      ].join('\r\n'),
    );
    expect(await expand('%{rfc2822:part,2}')).toBe('Content-Type: image/png\r\n\r\npng\r\n');
    expect(await expand('%{rfc2822:text,1,1}')).toBe('café\r\n');
    expect(await expand('%{rfc2822:text,1}')).toMatch(/^Content-Type: text\/plain[^]*caf=E9\r\nsecond\r\n$/);
    expect(await expand('%{rfc2822:text,2}')).toBe('');
  });

  test('are empty without a message', async () => {
    await using mta = await Momentum.start();
    expect(
      await mta.eval('return msys.expandMacro("[%{rfc2822:body}%{vctx_conn:k}%{custom_logger:p}]")'),
    ).toEqual(['[unknown]']);
  });
});

test.each(['outbound_tls:outbound_tls', 'spfv1:p', 'custom_logger:c', 'custom_logger:us{3}'])(
  '%s is not simulated, and says so',
  async (name) => {
    await expect(expand(`%{${name}}`)).rejects.toThrow(`the macro %{${name}} of msys.expandMacro`);
    expect(policy.codes).toEqual(['NOT_SIMULATED']);
  },
);
