/** 3 and 4: where the mail of a domain goes. */
import {
  addresses,
  configured,
  DOMAIN,
  lines,
  mail,
  mx,
  output,
  prints,
  receiving,
  routed,
  START,
  WITH_CONTENT,
  withDomain,
  withHooks,
  type TestRow,
  type Zone,
} from './support';

export function routing(row: TestRow): void {
  lookups(row);
  routingDomain(row);
  routes(row);
  domainStanzas(row);
}

function lookups(row: TestRow): void {
  /** The types of the questions, one retry every ten seconds. */
  const asked = async (config: string) => {
    const fixed = 'retry_interval = 10\nmax_retry_interval = 10\nmax_retries = none\n';
    const mta = await withDomain({ active: 1 }, fixed + config, { dns: { [DOMAIN]: 'SERVFAIL' } });
    mta.remote(DOMAIN);
    await mta.clock.advance('45s');
    return { types: mta.dns.queries.map(({ type }) => type), mta };
  };

  row('queues-3-21a', async () => {
    const mta = await configured('');
    expect(await output(mta, 'config eval dns_failures_to_purge')).toBe('DNS_Failures_To_Purge = 10\n');
    const { mta: other } = await asked('dns_failures_to_purge = 3');
    expect(lines(other)).toEqual([
      ...Array<string>(2).fill('T 454 4.4.4 [internal] no MX or A for domain'),
      'P 554 5.4.4 [internal] Domain Lookup Failed',
    ]);
  });

  row('queues-3-21b', async () => {
    expect((await asked('')).types).toEqual(['MX', 'MX', 'MX', 'A', 'A']);
    expect((await asked('mx_failures_fallback_to_a = 1')).types).toEqual(['MX', 'A', 'A', 'A', 'A']);
  });

  row('queues-3-21c', async () => {
    expect((await asked('mx_failures_fallback_to_a = -1')).types).toEqual(['MX', 'A', 'A', 'A', 'A']);
  });
}

/** The routing domain of a mail, for a module with these functions. */
async function domainOf(body: string, to?: string): Promise<string> {
  const mta = await receiving(body);
  const { messages } = await mta.smtp.send(mail(to));
  expect(mta.domain(messages[0]!.domain)).toMatchObject({ active: 1 });
  return messages[0]!.domain;
}

function routingDomain(row: TestRow): void {
  row('queues-4-1a', async () => {
    expect(await domainOf('')).toBe(DOMAIN);
    expect(await domainOf('', 'you@Mixed.Example.COM')).toBe('mixed.example.com');
    const mta = await withDomain({ active: [WITH_CONTENT] });
    mta.remote(DOMAIN).reply(550);
    await mta.clock.advance(0);
    expect(mta.domain('sender.test')!.messages).toMatchObject([{ to: 'a@sender.test' }]);
  });

  row('queues-4-1b', async () => {
    const hook = (result: string) => `function mod:core_config_get_message_routing_domain(scope, msg, buff)
      buff:set("other.test") return ${result} end`;
    expect(await domainOf(hook('#buff'))).toBe('other.test');
    expect(await domainOf(hook('0'))).toBe(DOMAIN);
  });

  const PACKAGE = 'require("msys.extended.message_routing")';
  const route = (phase: string, lua: string) =>
    `function mod:validate_${phase}(msg) ${lua} return core.VALIDATE_CONT end`;

  row('queues-4-2a', async () => {
    for (const phase of ['rcptto', 'data_spool_each_rcpt']) {
      const set = `${PACKAGE} ${route(phase, 'print(msg:routing_domain("other.test"))')}`;
      expect([phase, await domainOf(set)]).toEqual([phase, 'other.test']);
    }
    const mta = await receiving(
      `${PACKAGE} ${route('data_spool_each_rcpt', 'print(msg:routing_domain()) msg:routing_domain("other.test") print(msg:routing_domain())')}`,
    );
    await mta.smtp.send(mail('you@Example.COM'));
    expect(prints(mta)).toEqual([DOMAIN, 'other.test']);
  });

  row('queues-4-2b', async () => {
    const set = route('data_spool_each_rcpt', 'print(pcall(msg.routing_domain, msg, "other.test"))');
    const mta = await receiving(set);
    await mta.smtp.send(mail());
    expect(prints(mta)).toEqual([expect.stringMatching(/^false\t.*msys\.extended\.message_routing/)]);
    expect(mta.messages).toMatchObject([{ domain: DOMAIN }]);
    expect(
      await domainOf(`${PACKAGE} ${route('data_spool_each_rcpt', 'msg:routing_domain("other.test")')}`),
    ).toBe('other.test');
  });

  const GATEWAY = { 'relay.test': { ...mx([1, 'mx.relay.test']), A: '192.0.2.50' } };
  row('queues-4-3a', async () => {
    const dns = { ...GATEWAY, [DOMAIN]: mx([1, 'mx.example.com']), 'mx.example.com': { A: '192.0.2.1' } };
    for (const config of [
      'gateway = "relay.test"',
      `domain "${DOMAIN}" { gateway = "relay.test" }`,
      'binding "default" { gateway = "relay.test" }',
    ]) {
      const mta = await routed(dns, config);
      expect([config, ...addresses(mta)]).toEqual([config, '192.0.2.50']);
      expect(mta.remote('relay.test').deliveries).toHaveLength(1);
    }
    expect(addresses(await routed({}, 'gateway = "10.0.0.1"'))).toEqual(['10.0.0.1']);
    expect(addresses(await routed({}, 'gateway = "[fe80::a00]:1"'))).toEqual(['fe80::a00']);
  });

  row('queues-4-3b', async () => {
    const options = 'gateway = "relay.test" suspend_delivery = true max_outbound_connections = 1';
    const mta = await withDomain({ active: 3 }, `domain "${DOMAIN}" { ${options} }`, { dns: GATEWAY });
    mta.remote('relay.test').delay('10s');
    await mta.clock.advance('1s');
    expect(mta.domain(DOMAIN)!.trying).toBe(3);
  });
}

function routes(row: TestRow): void {
  /** Host, preference and TTL of each route, as the console shows them. */
  const shown = async (list: string, dns: Zone = {}) => {
    const mta = await configured(`domain "${DOMAIN}" { routes = ( ${list} ) }`, { dns });
    await mta.console(`dig ${DOMAIN}`);
    return [...(await output(mta, `domain ${DOMAIN}`)).matchAll(/^ {2}\[(.*)\]$/gm)].map(([, text]) => text);
  };

  row('queues-4-4a', async () => {
    const dns = { 'b.test': { A: '192.0.2.2' } };
    expect(await shown('"10.0.0.1" "b.test"', dns)).toEqual(['0 10.0.0.1 TTL:300', '1 b.test TTL:300']);
    const mta = await routed(dns, 'routes = ( "10.0.0.1" "b.test" )', 3);
    expect(addresses(mta)).toEqual(Array(3).fill('10.0.0.1'));
  });

  row('queues-4-4b', async () => {
    expect(
      await shown('"smtp://10.0.0.1?pref=20&ttl=60" "smtp://10.0.0.2?pref=10&ttl=90&port=2525"'),
    ).toEqual(['10 10.0.0.2 TTL:90', '20 10.0.0.1 TTL:60']);
  });

  row('queues-4-4c', async () => {
    const dns = {
      'b.test': { ...mx([3, 'mx.b.test']), A: '192.0.2.2' },
      'mx.b.test': { A: '192.0.2.3' },
    };
    expect(await shown('"smtp://b.test?type=mx"', dns)).toEqual(['3 mx.b.test TTL:300']);
    expect(await shown('"smtp://b.test?type=a"', dns)).toEqual(['0 b.test TTL:300']);
  });

  row('queues-4-4d', async () => {
    const dns = { [DOMAIN]: mx([5, 'mx.example.com']), 'mx.example.com': { A: '192.0.2.1' } };
    expect(await shown('"10.0.0.1" "__mx__"', dns)).toEqual([
      '0 10.0.0.1 TTL:300',
      '5 mx.example.com TTL:300',
    ]);
  });

  row('queues-4-4e', async () => {
    const way = async (...commands: string[]) => {
      const config = `domain "${DOMAIN}" { routes = ( "smtp://10.0.0.1?ttl=60" ) }`;
      const delayed = [50, 70].map((second) => ({ nextAttempt: new Date(START + second * 1000) }));
      const mta = await withDomain({ active: 1, delayed }, config, { dns: {} });
      mta.remote(DOMAIN);
      await mta.clock.advance('10s');
      await mta.console(`config set domain ${DOMAIN} routes ( 10.0.0.2 )`);
      for (const command of commands) await mta.console(command);
      await mta.clock.advance('60s');
      return addresses(mta);
    };
    expect(await way()).toEqual(['10.0.0.1', '10.0.0.1', '10.0.0.2']);
    expect(await way(`refresh domain ${DOMAIN}`)).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.2']);
  });

  row('queues-4-4f', async () => {
    const way = async (body: string) => {
      const hook = `function mod:core_config_fetch_domain_routes(value, from, domain) ${body} end`;
      const mta = await withHooks(hook, { active: 1 }, `domain "${DOMAIN}" { routes = ( 10.0.0.1 ) }`, {
        dns: {},
      });
      mta.remote('*').accept();
      mta.dns.set(DOMAIN, 'A', '192.0.2.1');
      await mta.clock.advance(0);
      return addresses(mta);
    };
    const other = `if domain == "${DOMAIN}" then`;
    expect(await way(`${other} value:set({ "10.0.0.2", "10.0.0.3" }) return 1 end`)).toEqual(['10.0.0.2']);
    expect(await way(`${other} return 1, { "10.0.0.4" } end`)).toEqual(['10.0.0.4']);
    expect(await way('value:set({ "10.0.0.2" }) return 0')).toEqual(['10.0.0.1']);
  });
}

function domainStanzas(row: TestRow): void {
  /** How many messages are under way at once to each of the domains. */
  const limits = async (config: string, ...names: string[]) => {
    const mta = await configured(config);
    for (const name of names) mta.domains.add(name, { active: 9 });
    mta.remote('*').delay('10s');
    await mta.clock.advance('1s');
    return names.map((name) => mta.domain(name)!.trying);
  };
  const limit = (name: string, count: number) => `domain "${name}" { max_outbound_connections = ${count} }\n`;

  row('queues-4-8a', async () => {
    const config = limit('a.test', 1) + limit('192.0.43.10', 2) + limit('[IPv6:fd82::3629]', 3);
    expect(await limits(config, 'a.test', '192.0.43.10', '[IPv6:fd82::3629]')).toEqual([1, 2, 3]);
  });

  row('queues-4-8b', async () => {
    const config = limit('/(?:^|[.])example[.](?:com|co[.]uk)$/', 4);
    const names = ['example.com', 'mail.example.co.uk', 'badexample.com', 'example.org'];
    expect(await limits(config, ...names)).toEqual([4, 4, 9, 9]);
  });

  row('queues-4-8c', async () => {
    expect(await limits(limit('/example/', 2) + limit(DOMAIN, 5), DOMAIN, 'www.example.com')).toEqual([5, 2]);
  });

  row('queues-4-8d', async () => {
    const config = limit('/com$/', 2) + limit('/example/', 3);
    expect(await limits(config, DOMAIN, 'example.org')).toEqual([2, 3]);
    expect(await limits(limit('/example/', 3) + limit('/com$/', 2), DOMAIN)).toEqual([3]);
  });

  row('queues-4-9', async () => {
    const relayed = async (list: string) => {
      const listener = `relay_domains = ( ${list} )\nESMTP_Listener { Listen ":25" { } }`;
      const mta = await receiving('', '', {}, listener);
      const names = [DOMAIN, 'sub.example.com', 'a.b.example.com', 'badexample.com', 'other.test'];
      const { accepted, rejected } = await mta.smtp.send(mail(names.map((name) => `you@${name}`)));
      expect(new Set(rejected.map(({ code, text }) => `${code} ${text}`))).toEqual(
        new Set(['550 5.7.1 relaying denied']),
      );
      return accepted.map((address) => address.replace('you@', ''));
    };
    expect(await relayed('example.com *.example.com')).toEqual([
      DOMAIN,
      'sub.example.com',
      'a.b.example.com',
    ]);
    expect(await relayed('*.example.com')).toEqual(['sub.example.com', 'a.b.example.com']);
    expect(await relayed('example.com')).toEqual([DOMAIN]);
  });
}
