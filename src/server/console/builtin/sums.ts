/** The sum of figures, member by member; `zero` has the members that count. */
export function sumOf<Figures extends object>(
  all: readonly { readonly [Member in keyof Figures]: number }[],
  zero: Figures & { readonly [Member in keyof Figures]: number },
): { readonly [Member in keyof Figures]: number } {
  const sum = { ...zero } as { [Member in keyof Figures]: number };
  for (const figures of all)
    for (const member of Object.keys(zero) as (keyof Figures)[]) sum[member] += figures[member];
  return sum;
}
