/** Edits (insert, delete, replace, swap of neighbours) between two words; more than `limit` counts as Infinity. */
export function editDistance(a: string, b: string, limit = Infinity): number {
  if (Math.abs(a.length - b.length) > limit) return Infinity;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) cost = Math.min(cost, beforeLast[j - 2]! + 1);
      row.push(cost);
    }
    if (Math.min(...row) > limit) return Infinity;
    [beforeLast, last] = [last, row];
  }
  return last[b.length]! > limit ? Infinity : last[b.length]!;
}

const CASE_COST = 0.25;
/** A name cut short (`request_url` for `request_url_get`) is a likelier slip than as many separate edits. */
const CUT_COST = 1;
const CUT_COST_PER_CHARACTER = 0.1;
const SHORTEST_CUT = 5;
const OTHER_NAMESPACE_COST = 2;

const tolerance = (word: string): number =>
  word.length <= 3 ? 1 : Math.max(2, Math.floor(word.length * 0.3));

function wordCost(a: string, b: string): number {
  if (a === b) return 0;
  const [x, y] = [a.toLowerCase(), b.toLowerCase()];
  const edits = editDistance(x, y, tolerance(a)) + (x === y ? CASE_COST : 0);
  const [short, long] = x.length < y.length ? [x, y] : [y, x];
  const cut = short.length >= SHORTEST_CUT && (long.startsWith(`${short}_`) || long.endsWith(`_${short}`));
  const extra = CUT_COST + CUT_COST_PER_CHARACTER * (long.length - short.length);
  return cut ? Math.min(edits, extra) : edits;
}

/** `get_header` for `request_header_get`: the same words, in another order or with some left out. */
function sameWords(a: string, b: string): boolean {
  const [wanted, known] = [a.toLowerCase().split('_'), b.toLowerCase().split('_')];
  return wanted.length > 1 && wanted.every((word) => known.includes(word));
}

interface Split {
  readonly space: string;
  readonly word: string;
  /** The name with every separator alike: `msys.pcre_match` and `msys.pcre.match` are one. */
  readonly flat: string;
}

function split(name: string): Split {
  const cut = Math.max(name.lastIndexOf('.'), name.lastIndexOf(':'));
  const flat = name.toLowerCase().replace(/[.:]/g, '_');
  return { space: name.slice(0, Math.max(cut, 0)), word: name.slice(cut + 1), flat };
}

function cost(wanted: Split, candidate: Split): number {
  if (wanted.flat === candidate.flat) return CASE_COST;
  const word = wordCost(wanted.word, candidate.word);
  if (wanted.space === candidate.space) {
    const extra = candidate.word.length - wanted.word.length;
    const reordered = sameWords(wanted.word, candidate.word);
    return reordered ? Math.min(word, CUT_COST + CUT_COST_PER_CHARACTER * Math.max(extra, 0)) : word;
  }
  if (word === Infinity) return word;
  const space = editDistance(wanted.space, candidate.space, 2);
  if (space <= 2 && wanted.space.length > 2) return word + space / 2;
  return word <= 1 && wanted.word.length >= 4 ? word + OTHER_NAMESPACE_COST : Infinity;
}

/**
 * The candidate that a misspelt name most likely means: few edits in the last segment, the same word in another
 * namespace, a name cut short, or a wrong separator. Undefined when nothing is near. An exact name is its own nearest.
 */
export function nearestOf(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = split(name);
  let best: { readonly candidate: string; readonly cost: number } | undefined;
  for (const candidate of candidates) {
    if (candidate === name) return name;
    const price = cost(wanted, split(candidate));
    if (price < (best?.cost ?? Infinity)) best = { candidate, cost: price };
  }
  return best?.candidate;
}
