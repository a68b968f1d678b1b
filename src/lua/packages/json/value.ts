/** JSON as the product's C library (json-c 0.10) holds it. Strings and keys are bytes, one per character. */

/** A value that scripts hold references to; JSON's null is `null`, as it is C's NULL there. */
export abstract class JsonValue {
  /** What `json.addref` and `json.free` count; none left means that C has released the value. */
  references = 1;
}

export class JsonObject extends JsonValue {
  readonly members = new Map<string, JsonValue | null>();

  /** A key that is set again moves to the end. */
  set(key: string, value: JsonValue | null): void {
    this.members.delete(key);
    this.members.set(key, value);
  }
}

export class JsonArray extends JsonValue {
  readonly items: (JsonValue | null)[] = [];

  /** Sets the item at an index from 0; the gap before it is filled with null. */
  put(index: number, value: JsonValue): void {
    while (this.items.length < index) this.items.push(null);
    this.items[index] = value;
  }
}

/** A bigint is an integer of 64 bits, a number a double. */
export class JsonScalar extends JsonValue {
  constructor(readonly value: boolean | bigint | number | string) {
    super();
  }
}

const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);
const MAX_INT32 = 2n ** 31n - 1n;
const MIN_INT32 = -(2n ** 31n);

const clamp = (n: bigint, least: bigint, most: bigint) => (n < least ? least : n > most ? most : n);

/** Beyond 64 bits the nearest integer is taken. */
export const toInt64 = (n: bigint): bigint => clamp(n, MIN_INT64, MAX_INT64);

/** What a script reads of an integer: 32 bits, the nearest integer beyond. */
export const toInt32 = (n: bigint): number => Number(clamp(n, MIN_INT32, MAX_INT32));
