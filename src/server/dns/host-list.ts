import net from 'node:net';
import { UsageError } from '../../support/errors';

/** Whether an address is in a list of addresses and networks (`127.0.0.0/8`). Throws UsageError for other items. */
export function hostList(option: string, items: readonly string[] = []): (address: string) => boolean {
  const list = new net.BlockList();
  for (const item of items) {
    const [address = '', prefix, ...more] = item.split('/');
    const family = net.isIPv6(address) ? 'ipv6' : 'ipv4';
    const bits = prefix === undefined ? bitsOf(family) : /^\d+$/.test(prefix) ? Number(prefix) : NaN;
    if (!net.isIP(address) || more.length > 0 || !(bits <= bitsOf(family)))
      throw new UsageError(`${option}: "${item}" is no address and no network such as 127.0.0.0/8`);
    list.addSubnet(address, bits, family);
  }
  return (address) => list.check(address, net.isIPv6(address) ? 'ipv6' : 'ipv4');
}

const bitsOf = (family: 'ipv4' | 'ipv6') => (family === 'ipv4' ? 32 : 128);
