import type { HostCall, LuaTable, LuaValue } from '../lua';
import { parseAddressList, type Address } from '../mail/addresses';
import type { Headers } from '../mail/headers';
import { listTable } from './message-header';
import { misuse } from './misuse';
import type { ApiTable, Runtime } from './runtime';
import { text } from './values';

/** Parts of an address `user+detail@domain`; what it does not have is empty. */
const COMPONENTS: Readonly<Record<string, (address: Address) => string>> = {
  all: ({ address }) => address,
  localpart: ({ localpart }) => localpart,
  user: ({ user }) => user,
  detail: ({ detail }) => detail,
  domain: ({ domain }) => domain,
};

function componentOf(
  runtime: Runtime,
  component: LuaValue,
  name: string,
  call: HostCall,
): (address: Address) => string {
  const wanted = text(component);
  const known = Object.hasOwn(COMPONENTS, wanted) ? COMPONENTS[wanted] : undefined;
  return (
    known ??
    misuse(
      runtime,
      'BAD_ARGUMENT',
      `bad argument #2 to '${name}' (the component is ${Object.keys(COMPONENTS).join(', ')}, not '${wanted}'). See 4/lua/ref-msys-parse-rfc-2822-addresses.`,
      call,
    )
  );
}

/** `address_header` of a message or a part: one value for each address of each header of the name. */
export function addressHeader(
  runtime: Runtime,
  headers: Headers,
  [name, component = 'all']: readonly LuaValue[],
  call: HostCall,
): LuaTable {
  const read = componentOf(runtime, component, 'address_header', call);
  return listTable(runtime.vm, headers.addresses(text(name)).map(read));
}

/** Addresses as headers have them (4/lua/ref-msys-parse-rfc-2822-addresses). */
export const messageAddresses: ApiTable = {
  'msys.parseRFC2822Addresses': (runtime, [addresses, component], call) => {
    const read = componentOf(runtime, component, 'parseRFC2822Addresses', call);
    return listTable(runtime.vm, parseAddressList(text(addresses)).map(read));
  },
};
