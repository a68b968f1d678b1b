/** The XML form of an answer for which the product's is not documented: elements by the names of the data. */
import { toPlain, type Plain } from '../../plain';

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export function escapeXml(text: string): string {
  return text
    .replace(/[&<>"]/g, (character) => ESCAPES[character]!)
    .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f]/g, '\ufffd');
}

/**
 * `{ queueSize: 2, domains: [{ name: 'a' }] }` of the command `domain all` becomes
 * `<DomainAll><QueueSize>2</QueueSize><Domains><Item>…</Item></Domains></DomainAll>`.
 */
export function xmlOf(command: string, data: unknown): string {
  return `${element(elementName(command), toPlain(data))}\n`;
}

function element(name: string, value: Plain | undefined): string {
  if (value === undefined || value === null) return `<${name}/>`;
  if (Array.isArray(value)) return wrap(name, value.map((item) => element('Item', item)).join(''));
  if (typeof value !== 'object') return wrap(name, escapeXml(String(value)));
  const members = Object.entries(value as Record<string, Plain>);
  return wrap(name, members.map(([key, member]) => element(elementName(key), member)).join(''));
}

const wrap = (name: string, content: string) => `<${name}>${content}</${name}>`;

/** `active queue_size` → `ActiveQueueSize`; what is no name gets an underscore in front. */
function elementName(text: string): string {
  const name = text
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
  return /^[A-Za-z]/.test(name) ? name : `_${name}`;
}
