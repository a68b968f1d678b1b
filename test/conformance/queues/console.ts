/** 7: what the console shows of domains and queues. */
import { DOMAIN, output, withDomain, type TestRow } from './support';

export function consoleViews(row: TestRow): void {
  row('queues-7-1a', async () => {
    const mta = await withDomain({ active: 3, delayed: 1, deliveries: 7 });
    mta.remote(DOMAIN).delay('10s');
    const figures = async () => (await output(mta, 'active 0')).trim().replaceAll(/ +/g, ' ');
    expect(await figures()).toBe(`Domain: ${DOMAIN} C: 0 A: 3 D: 1 S: 7\n Total: C: 0 A: 3 D: 1 S: 7`);
    await mta.clock.advance('1s');
    const busy = (await output(mta, 'domain all')).replaceAll(/ +/g, ' ');
    expect(busy).toContain(`Domain: ${DOMAIN} C: 3 A: 0 D: 1 S: 7\n`);
    await mta.clock.advance('9s');
    expect((await output(mta, 'domain all')).replaceAll(/ +/g, ' ')).toContain(' A: 0 D: 1 S: 10\n');
  });

  row('queues-7-1b', async () => {
    const mta = await withDomain({ active: [{ binding: 'gold' }, {}] }, 'binding "gold" { }');
    expect((await output(mta, 'domain all')).replaceAll(/ +/g, ' ')).toContain(' A: 2 D: 0');
    expect((await output(mta, 'binding active gold 0')).replaceAll(/ +/g, ' ')).toContain(' A: 1 D: 0');
  });

  row('queues-7-1c', async () => {
    const mta = await withDomain({}, '', { dns: {} });
    const active = async () => /Active Domains: +(\d+)/.exec(await output(mta, 'summary'))?.[1];
    expect(await active()).toBe('1');
    await mta.console('dig other.test');
    expect(await active()).toBe('2');
  });
}
