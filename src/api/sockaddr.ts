import type { LuaValue } from '../lua';
import type { SocketAddress } from '../server/socket-address';
import type { ClassDeclaration } from './classes';
import { EcString } from './ec-string';
import { bindObject } from './objects';
import type { ApiTable, Runtime } from './runtime';

/** The plain C address in an `ec_sockaddr`, which C functions on `struct sockaddr` take: `ac.remote_addr.sa`. */
class PlainAddress {
  constructor(readonly address: SocketAddress) {}
}

const plainAddress: ClassDeclaration<PlainAddress> = { name: 'msys.core:_sockaddr' };

export const bindPlainAddress = (runtime: Runtime, address: SocketAddress): LuaValue =>
  bindObject(runtime, plainAddress, new PlainAddress(address));

/** `tostring()` gives `ip:port` (4/modules/ac-auth). */
export const sockaddr: ClassDeclaration<SocketAddress> = {
  name: 'msys.core:_ec_sockaddr',
  fields: { sa: (address, runtime) => bindPlainAddress(runtime, address) },
  tostring: (address) => address.toString(),
};

const plain = (value: LuaValue): SocketAddress => (value as PlainAddress).address;

function render(_runtime: Runtime, [from, to]: LuaValue[]): LuaValue {
  const rendered = plain(from).toString();
  (to as EcString).text = rendered;
  return rendered.length;
}

/** C functions on addresses (3/3-api/sockaddr). Those that write into a `char *` of the caller's are not for Lua. */
export const sockaddrs: ApiTable = {
  'msys.core.ec_sockaddr_family': (_runtime, [address]) => (address as SocketAddress).familyNumber,
  'msys.core.sock_address_equal': (_runtime, [left, right]) => (plain(left).equals(plain(right)) ? 1 : 0),
  'msys.core.sockaddr_to_string3': render,
};
