/** A field in quotes, in which `""` is a quote, or without; then a comma, a line end or the end. */
const FIELD = /(?:"((?:[^"]|"")*)"?([^,\r\n]*)|([^,\r\n]*))(,|\r\n|\n|\r|$)/y;

/** Records of comma-separated values (RFC 4180); empty lines are none. */
export function parseCsv(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  FIELD.lastIndex = 0;
  while (FIELD.lastIndex < text.length || record.length > 0) {
    const [field, quoted, rest = '', plain = '', separator] = FIELD.exec(text)!;
    record.push(quoted === undefined ? plain : quoted.replaceAll('""', '"') + rest);
    if (separator === ',') continue;
    if (record.length > 1 || field !== separator) records.push(record);
    record = [];
  }
  return records;
}
