/** Layouts that several commands share; widths are those of the documented samples. */
import { displayed } from '../../dns/names';
import type { DomainFigures } from './domain-figures';

/** `printf`'s `%<width>d`, and `%<width>.<digits>f` when there are digits. */
export function number(value: number, width: number, digits = 0): string {
  return value.toFixed(digits).padStart(width);
}

/** `<TAB>Label: value` */
export function facts(rows: readonly (readonly [label: string, value: string])[]): string {
  return rows.map(([label, value]) => `\t${label}: ${value}\n`).join('');
}

/** `   Label: value`, the labels ending in one column. */
export function labelled(width: number, rows: readonly (readonly [label: string, value: string])[]): string {
  return rows.map(([label, value]) => `${label.padStart(width)}: ${value}\n`).join('');
}

/** `Domain:  example.com  C:  0  A:      1  D:     2  S:     3` (4/console-commands/active). */
export function domainRow(name: string, { connections, active, delayed, delivered }: DomainFigures): string {
  const [c, a, d, s] = [number(connections, 3), number(active, 7), number(delayed, 6), number(delivered, 6)];
  return `Domain: ${name.padStart(30)}  C:${c}  A:${a}  D:${d}  S:${s}\n`;
}

/** The row below those of domains, with a label of its own. */
export function totalsRow(label: string, { connections, active, delayed, delivered }: DomainFigures): string {
  const [c, a, d, s] = [number(connections, 4), number(active, 7), number(delayed, 6), number(delivered, 6)];
  return `${label}C:${c}  A:${a}  D:${d}  S:${s}\n`;
}

/** `2003-12-01 02:15:45`, in UTC. */
export function dateAndTime(date: Date): string {
  return date.toISOString().slice(0, 19).replace('T', ' ');
}

/** The words of a command as text for people. */
export const texts = (words: readonly string[]): string[] => words.map(displayed);
