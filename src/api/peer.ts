/** The connected peer, which functions about addresses take when they are given none. */
import { LuaRaise, type HostCall } from '../lua';
import { contextOf } from './runtime';

export function peerOf(call: HostCall, name: string): string {
  const peer = contextOf(call)?.peer;
  if (peer !== undefined) return peer;
  throw new LuaRaise(`${name}: an address is needed, there is no connected peer here`);
}

/** A block as scripts write it: `/24` is the peer's. */
export function blockText(given: string | undefined, call: HostCall, name: string): string {
  if (given === undefined) return peerOf(call, name);
  return given.startsWith('/') ? peerOf(call, name) + given : given;
}
