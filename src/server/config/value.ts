/** Values of options as they are written, and back to text. */

/** `quoted`: it stood in quotes, and is shown in them. */
export interface TextValue {
  readonly kind: 'text';
  readonly text: string;
  readonly quoted: boolean;
}

/** `( "a" "b" )` */
export interface ListValue {
  readonly kind: 'list';
  readonly items: readonly ConfigValue[];
}

/** `[ key = value … ]` */
export interface DictionaryValue {
  readonly kind: 'dictionary';
  readonly entries: readonly (readonly [key: string, value: ConfigValue])[];
}

export type ConfigValue = TextValue | ListValue | DictionaryValue;

/** A value as plain data: text, array, or object. */
export type PlainValue = string | PlainValue[] | { [key: string]: PlainValue };

/** A text as a value; quotes only where they are needed. */
export function textValue(text: string): TextValue {
  return { kind: 'text', text, quoted: !isBareWord(text) };
}

/** Whether a text can stand without quotes (4/conf-overview, comments and whitespace). */
export function isBareWord(text: string): boolean {
  return /^[^\s#/"'=(){}[\]]+$/.test(text);
}

export function plainValue(value: ConfigValue): PlainValue {
  if (value.kind === 'text') return value.text;
  if (value.kind === 'list') return value.items.map(plainValue);
  return Object.fromEntries(value.entries.map(([key, item]) => [key, plainValue(item)]));
}

/** In double quotes; a backslash is doubled only where it would otherwise change what follows. */
export function quote(text: string): string {
  return `"${text.replace(/"|\\(?=\\|"|$)/g, '\\$&')}"`;
}

export function printText({ text, quoted }: TextValue): string {
  return quoted || !isBareWord(text) ? quote(text) : text;
}

/** As the console shows a value: lists and dictionaries with a line for each item (4/console-commands/config). */
export function printValue(value: ConfigValue, indent = ''): string {
  if (value.kind === 'text') return printText(value);
  const inner = `${indent}  `;
  const [open, close] = value.kind === 'list' ? '()' : '[]';
  const rows =
    value.kind === 'list'
      ? value.items.map((item) => printValue(item, inner))
      : value.entries.map(([key, item]) => `${printText(textValue(key))} = ${printValue(item, inner)}`);
  if (rows.length === 0) return `${open!} ${close!}`;
  return [open!, ...rows.map((row) => inner + row), indent + close!].join('\n');
}
