/** Decodes every well-formed `%xx` to the byte it stands for and leaves the rest alone. */
export function percentDecode(text: string): string {
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_escape, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}
