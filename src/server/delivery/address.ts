/** An envelope address in two parts: the domain begins after the last `@`. */
export function addressParts(address: string): { readonly localpart: string; readonly domain: string } {
  const at = address.lastIndexOf('@');
  return at === -1
    ? { localpart: address, domain: '' }
    : { localpart: address.slice(0, at), domain: address.slice(at + 1) };
}
