/** 6: DNS for policy. */
import { Momentum } from '../../../src';
import { output, type TestRow } from './support';

const DNS = {
  'example.com': {
    A: ['192.0.2.2', '192.0.2.1'],
    AAAA: '2001:db8::1',
    MX: [
      { preference: 20, exchange: 'late.example.com' },
      { preference: 10, exchange: 'early.example.com' },
    ],
    TXT: ['v=spf1 -all', 'second'],
    NS: 'ns.example.com',
  },
  '1.2.0.192.in-addr.arpa': { PTR: 'host.example.com' },
  'host.example.com': { A: '192.0.2.1' },
  '2.0.0.127.rbl.test': { A: '127.0.0.2', TXT: 'listed' },
  'slow.test': { A: '192.0.2.9', delay: '2s' },
} as const;

const start = () => Momentum.start({ dns: DNS });
const lookup = async (args: string) => (await start()).eval(`msys.dnsLookup(${args})`);

export function dns(row: TestRow): void {
  lookups(row);
  cacheCommands(row);
  conventions(row);
}

function lookups(row: TestRow): void {
  row('queues-6-2a', async () => {
    expect(await lookup('"example.com"')).toEqual([['192.0.2.2', '192.0.2.1']]);
    expect(await lookup('"example.com", "A"')).toEqual([['192.0.2.2', '192.0.2.1']]);
  });

  row('queues-6-2b', async () => {
    const answers = {
      '"example.com", "AAAA"': ['2001:db8::1'],
      '"example.com", "TXT"': ['v=spf1 -all', 'second'],
      '"example.com", "MX"': ['early.example.com', 'late.example.com'],
      '"1.2.0.192.in-addr.arpa", "PTR"': ['host.example.com'],
      '"example.com", "NS"': ['ns.example.com'],
    };
    for (const [args, answer] of Object.entries(answers)) expect(await lookup(args)).toEqual([answer]);
  });

  row('queues-6-2c', async () => {
    for (const type of ['SOA', 'CNAME', 'SRV', ''])
      expect(await lookup(`"example.com", nil), pcall(msys.dnsLookup, "example.com", "${type}"`)).toEqual([
        ['192.0.2.2', '192.0.2.1'],
        false,
        expect.stringContaining(`invalid record type '${type}'`),
      ]);
  });

  row('queues-6-3a', async () => {
    const names = ['early.example.com', 'late.example.com'];
    expect(await lookup('"example.com", "MX", { priority = false }')).toEqual([names]);
    expect(await lookup('"example.com", "MX", { priority = true }')).toEqual([
      [
        [10, names[0]],
        [20, names[1]],
      ],
    ]);
  });

  row('queues-6-3b', async () => {
    const mta = await start();
    await mta.eval('msys.dnsLookup("example.com", "TXT", { server = "192.0.2.53" })');
    expect(mta.dns.queries).toMatchObject([{ name: 'example.com', type: 'TXT', server: '192.0.2.53' }]);
  });

  row('queues-6-3c', async () => {
    const mta = await start();
    await mta.eval('msys.dnsLookup("example.com", "TXT")');
    mta.dns.set('example.com', 'TXT', 'other');
    expect(await mta.eval('msys.dnsLookup("example.com", "TXT", { server = "192.0.2.53" })')).toEqual([
      ['v=spf1 -all', 'second'],
    ]);
  });

  row('queues-6-4a', async () => {
    expect(await lookup('"example.com", "MX"')).toEqual([['early.example.com', 'late.example.com']]);
  });

  row('queues-6-4b', async () => {
    expect(await lookup('"example.com", "A", { priority = true }')).toEqual([['192.0.2.2', '192.0.2.1']]);
  });

  row('queues-6-5', async () => {
    expect(await lookup('"gone.test"')).toEqual([undefined, expect.stringMatching(/./)]);
    const mta = await start();
    expect(await mta.eval('select("#", msys.dnsLookup("gone.test"))')).toEqual([2]);
  });

  row('queues-6-6', async () => {
    const mta = await start();
    await mta.eval('msys.dnsLookup("example.com"), msys.dnsLookup("example.com")');
    expect(await output(mta, 'dns_cache stats')).toContain('    Lookups: 2\n   Hit Rate: 50.0000%');
  });
}

function cacheCommands(row: TestRow): void {
  row('queues-6-p7a', async () => {
    const mta = await start();
    for (const type of ['A', 'MX', 'PTR', 'TXT', 'AAAA', 'CNAME'])
      expect(await output(mta, `dns_cache submit example.com ${type}`)).toBe('Submitted\n');
    expect(await output(mta, 'dns_cache submit 192.0.2.1 X')).toBe('Submitted\n');
    expect(await output(mta, 'dns_cache submit 2001:db8::1 X_AAAA')).toBe('Submitted\n');
    expect(await mta.console('dns_cache submit example.com NS')).toMatchObject({ status: 'FAILED' });
  });

  row('queues-6-p7b', async () => {
    const mta = await start();
    const line = 'dns_cache lookup host.example.com A';
    expect(await output(mta, line)).toBe('Cached result not found, try a submit.\n');
    await mta.console('dns_cache submit host.example.com A');
    await mta.clock.advance('1s');
    expect(await output(mta, line)).toBe(`;; QUESTION SECTION:
;host.example.com       IN      A

;; ANSWER SECTION:
host.example.com        299     IN      A       192.0.2.1

`);
  });

  row('queues-6-p7c', async () => {
    const mta = await start();
    for (const question of ['example.com TXT', 'example.com MX', 'example.com A', '192.0.2.1 PTR'])
      await mta.console(`dns_cache submit ${question}`);
    await mta.console('dns_cache lookup example.com A');
    expect(await output(mta, 'dns_cache stats')).toBe(`DNS Queries:
        TXT: 1
        PTR: 0
         MX: 1
          A: 1
  arpa IPv4: 1
  arpa IPv6: 0

DNS responses:
      Total: 4
        Bad: 0

DNS cache:
    Lookups: 5
   Hit Rate: 20.0000%
`);
  });

  row('queues-6-p7d', async () => {
    const mta = await start();
    await mta.console('dns_cache submit host.example.com A');
    await mta.clock.advance('87s');
    expect(await output(mta, 'dns_cache refcnts')).toBe('[  3] host.example.com [213s]\n      (null)\n');
  });
}

function conventions(row: TestRow): void {
  row('queues-6-p8a', async () => {
    const asRbl = (type: string) => `(function(ip)
      local a, b, c, d = ip:match("(%d+)%.(%d+)%.(%d+)%.(%d+)")
      local found = msys.dnsLookup(d .. "." .. c .. "." .. b .. "." .. a .. ".rbl.test", "${type}")
      return found and found[1]
    end)`;
    const mta = await start();
    expect(await mta.eval(`${asRbl('A')}("127.0.0.2"), ${asRbl('TXT')}("127.0.0.2")`)).toEqual([
      '127.0.0.2',
      'listed',
    ]);
    expect(await mta.eval(`${asRbl('A')}("127.0.0.3")`)).toEqual([undefined]);
  });

  row('queues-6-p8b', async () => {
    const mta = await start();
    mta.dns.set('9.2.0.192.in-addr.arpa', 'PTR', 'liar.test');
    mta.dns.set('liar.test', 'A', '192.0.2.10');
    const isConfirmed = (peer: string) =>
      mta.eval(`local names = msys.dnsLookup("${peer}", "PTR")
        for _, address in ipairs(names and msys.dnsLookup(names[1], "A") or {}) do
          if address == "${peer}" then return true end
        end
        return false`);
    expect(await isConfirmed('192.0.2.1')).toEqual([true]);
    expect(await isConfirmed('192.0.2.9')).toEqual([false]);
    expect(await isConfirmed('192.0.2.99')).toEqual([false]);
  });
}
