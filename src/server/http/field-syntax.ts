/** A header's name as RFC 9110 and Node accept it. */
export function isFieldName(name: string): boolean {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name);
}

/** A header's value, latin1: no control character but the tab, and nothing beyond a byte. */
export function isFieldValue(value: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
}

export function stripControls(text: string): string {
  return text.replace(/[\x00-\x1f\x7f]/g, '');
}

/** Quotes text for a diagnostic: one line, control characters escaped, not endless. */
export function quoteField(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
