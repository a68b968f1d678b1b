import { Momentum, type MomentumOptions } from '../../src';
import '../../src/jest';

let mta: Momentum;
const start = async (dns: MomentumOptions['dns'], options: MomentumOptions = {}) => {
  mta = await Momentum.start({ ...options, ...(dns !== undefined && { dns }) });
};
const lookup = (args: string) => mta.eval(`msys.dnsLookup(${args})`);

const DNS: MomentumOptions['dns'] = {
  'example.com': {
    A: ['192.0.2.1', '192.0.2.2'],
    AAAA: ['2001:db8::1'],
    MX: [
      { preference: 20, exchange: 'mx2.example.com' },
      { preference: 10, exchange: 'mx1.example.com' },
      { preference: 10, exchange: 'mx0.example.com' },
    ],
    TXT: ['v=spf1 -all', ['two ', 'strings'], Buffer.from([0xff])],
    NS: ['ns1.example.com'],
  },
  'null.example': { MX: [{ preference: 0, exchange: '.' }] },
  '1.2.0.192.in-addr.arpa': { PTR: ['host.example.com'] },
  'bad.example': 'SERVFAIL',
  'dead.example': 'TIMEOUT',
  'slow.example': { A: ['192.0.2.3'], delay: '2s' },
};

describe('msys.dnsLookup', () => {
  beforeEach(() => start(DNS));

  test.each<[args: string, results: unknown]>([
    ['"example.com"', ['192.0.2.1', '192.0.2.2']],
    ['"example.com", nil, { priority = true }', ['192.0.2.1', '192.0.2.2']],
    ['"Example.COM.", "AAAA"', ['2001:db8::1']],
    ['"example.com", "TXT"', ['v=spf1 -all', 'two strings', Buffer.from([0xff])]],
    ['"example.com", "NS"', ['ns1.example.com']],
    ['"example.com", "MX"', ['mx1.example.com', 'mx0.example.com', 'mx2.example.com']],
    ['"example.com", "MX", { priority = false }', ['mx1.example.com', 'mx0.example.com', 'mx2.example.com']],
    [
      '"example.com", "MX", { priority = true }',
      [
        [10, 'mx1.example.com'],
        [10, 'mx0.example.com'],
        [20, 'mx2.example.com'],
      ],
    ],
    ['"null.example", "MX", { priority = true }', [[0, '']]],
    ['"192.0.2.1", "PTR"', ['host.example.com']],
    ['"1.2.0.192.in-addr.arpa", "PTR"', ['host.example.com']],
  ])('(%s)', async (args, results) => {
    expect(await lookup(args)).toEqual([results]);
  });

  test.each([
    ['"gone.example"', 'Domain name not found'],
    ['"example.com", "PTR"', 'DNS server returned answer with no data'],
    ['"bad.example"', 'DNS server returned general failure'],
    ['"a..b"', 'Misformatted domain name'],
    ['"192.0.2.99", "PTR"', 'Domain name not found'],
  ])('(%s) fails: %s', async (args, message) => {
    expect(await lookup(args)).toEqual([undefined, message]);
  });

  test.each(['"a"', '"SOA"', '"CNAME"', '""', '1'])('refuses type %s', async (type) => {
    await expect(lookup(`"example.com", ${type}`)).rejects.toThrow(
      `bad argument #2 to 'dnsLookup' (invalid record type '${type.replaceAll('"', '')}': A, AAAA,`,
    );
  });

  it('refuses options that production would ignore', async () => {
    await expect(lookup('"example.com", "MX", { prority = true }')).rejects.toThrow(
      "msys.dnsLookup has no option 'prority': priority, server.",
    );
    await expect(lookup('"example.com", "A", { true }')).rejects.toThrow('no option of a number');
    await expect(lookup('"example.com", "A", { server = {} }')).rejects.toThrow('option server');
    expect([...mta.diagnostics].map(({ code }) => code)).toEqual(Array(3).fill('BAD_ARGUMENT'));
  });

  it('ignores them in lenient mode', async () => {
    await start(DNS, { strict: false });
    expect(await lookup('"example.com", "A", { prority = true }')).toEqual([['192.0.2.1', '192.0.2.2']]);
    expect(mta.diagnostics.at(0)).toMatchObject({ code: 'BAD_ARGUMENT', severity: 'warning' });
  });

  it('answers from the cache, whatever server is named', async () => {
    await lookup('"example.com", "A", { server = "192.0.2.53" }');
    mta.dns.set('example.com', 'A', ['192.0.2.9']);
    expect(await lookup('"example.com"')).toEqual([['192.0.2.1', '192.0.2.2']]);
    await mta.clock.advance('300s');
    expect(await lookup('"example.com"')).toEqual([['192.0.2.9']]);
    expect(mta.dns.queries).toMatchObject([
      { name: 'example.com', type: 'A', by: 'policy', server: '192.0.2.53', status: 'OK' },
      { name: 'example.com', type: 'A' },
    ]);
  });

  test.each([
    ['slow.example', '1999ms', '1ms', [['192.0.2.3']]],
    ['dead.example', '9999ms', '1ms', [undefined, 'Timeout while contacting DNS servers']],
  ])('of %s suspends the script in virtual time', async (name, before, then, results) => {
    let answer: unknown[] | undefined;
    const pending = lookup(`"${name}"`).then((given) => (answer = given));
    await mta.clock.advance(before);
    expect(answer).toBeUndefined();
    await mta.clock.advance(then);
    await pending;
    expect(answer).toEqual(results);
  });

  it('changes with the test', async () => {
    const fault = mta.dns.fail('example.com', 'SERVFAIL');
    expect(await lookup('"example.com"')).toEqual([undefined, 'DNS server returned general failure']);
    fault.restore();
    expect(await lookup('"example.com"')).toEqual([['192.0.2.1', '192.0.2.2']]);
    mta.dns.set('new.example', 'MX', [{ preference: 1, exchange: 'mx.new.example' }]);
    expect(await lookup('"new.example", "MX"')).toEqual([['mx.new.example']]);
    mta.dns.delay('other.example', '1s');
    const pending = lookup('"other.example"');
    await mta.clock.advance('1s');
    expect(await pending).toEqual([undefined, 'Domain name not found']);
    expect([...mta.diagnostics]).toEqual([]);
  });
});

describe('without the option dns', () => {
  it('knows no name and warns once', async () => {
    await start(undefined);
    expect(await lookup('"example.com", "MX"')).toEqual([undefined, 'Domain name not found']);
    await lookup('"example.net"');
    expect([...mta.diagnostics]).toMatchObject([
      {
        code: 'UNCONFIGURED_DNS',
        severity: 'warning',
        message: expect.stringContaining("asked for MX of 'example.com'"),
      },
    ]);
  });

  it('warns no more when the test says something about the DNS', async () => {
    await start(undefined);
    mta.dns.fail('example.com', 'NXDOMAIN');
    await lookup('"example.com"');
    await start({});
    await lookup('"example.com"');
    expect([...mta.diagnostics]).toEqual([]);
  });
});

test('a zone file is the option too', async () => {
  await start('$ORIGIN example.com.\n@ MX 10 mx\n');
  expect(await lookup('"example.com", "MX"')).toEqual([['mx.example.com']]);
  await expect(start('a. A 1.2.3\n')).rejects.toMatchObject({ code: 'ZONE_FILE', line: 1 });
});
