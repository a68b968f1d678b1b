/** Values by blocks of addresses; of several that an address lies in, the smallest decides. */
import { addressBits, blockAround, type CidrBlock } from './cidr-block';

export type CidrValue = string | true;

interface Entry {
  /** Undefined: the block is excepted from those around it. */
  readonly value: CidrValue | undefined;
}

const keyOf = ({ family, first, bits }: CidrBlock) => `${family}:${first.toString(36)}/${bits}`;

export class CidrTable {
  readonly #entries = new Map<string, Entry>();
  /** Lengths in use, longest first, of each family. */
  readonly #lengths: Record<4 | 6, number[]> = { 4: [], 6: [] };

  get size(): number {
    return this.#entries.size;
  }

  set(block: CidrBlock, value: CidrValue | undefined): void {
    const lengths = this.#lengths[block.family];
    if (!lengths.includes(block.bits)) {
      lengths.push(block.bits);
      lengths.sort((a, b) => b - a);
    }
    this.#entries.set(keyOf(block), { value });
  }

  /** Undefined when nothing matches. */
  find({ family, first, bits }: CidrBlock): CidrValue | undefined {
    for (const length of this.#lengths[family]) {
      if (length > bits) continue;
      const entry = this.#entries.get(keyOf(blockAround(family, first, length)));
      if (entry) return entry.value;
    }
    return undefined;
  }

  /** Every address of a range of IPv4, both ends included, as the blocks that make it up. */
  setRange(from: bigint, to: bigint, value: CidrValue | undefined): void {
    const length = addressBits(4);
    for (let at = from; at <= to;) {
      let bits = length;
      const size = (n: number) => 1n << BigInt(length - n);
      while (bits > 0 && at % size(bits - 1) === 0n && at + size(bits - 1) - 1n <= to) bits--;
      this.set({ family: 4, first: at, bits }, value);
      at += size(bits);
    }
  }
}
