/** Searching and replacing with regular expressions in messages and their parts. */
import type { HostResult, LuaValue } from '../lua';
import type { MimePart } from '../mail/part';
import { matchTable } from '../lua/packages/pcre/match-table';
import { replaceContent, searchContent } from './content-search';
import { contentOf } from './message-content';
import { asksForMarker, withMarker, withoutMarker } from './message-end';
import { raisingAll } from './mime-errors';
import { partsOf, writable } from './mime-parts';
import type { ApiTable, Runtime } from './runtime';
import { text } from './values';

/** Bytes of a message or a part that a pattern can be searched in. */
interface Section {
  /** Whether the message ends with them. */
  readonly isEnd: boolean;
  read(): Buffer;
  write(bytes: Buffer): void;
}

type SectionOf = (object: LuaValue) => Section;

const SECTIONS: Readonly<Record<string, SectionOf>> = {
  'msg:raw': (message) => {
    const content = contentOf(message);
    return { isEnd: true, read: () => content.raw, write: (bytes) => void (content.raw = bytes) };
  },
  'msg:body': (message) => {
    const content = contentOf(message);
    return { isEnd: true, read: () => content.body, write: (bytes) => void (content.body = bytes) };
  },
  'msgpart:raw': (object) => {
    const part = object as MimePart;
    return { isEnd: false, read: () => part.raw, write: (bytes) => void (writable(part).raw = bytes) };
  },
  'msgpart:body': (object) => {
    const part = object as MimePart;
    return { isEnd: false, read: () => part.body, write: (bytes) => void (writable(part).body = bytes) };
  },
};

/** What a pattern gets to see: the end-of-data marker only when it asks for it. */
const shown = (subject: string, isEnd: boolean, pattern: string): string =>
  isEnd && asksForMarker(pattern) ? withMarker(subject) : subject;

/** The text after a replacement, without a marker; undefined when nothing matched. */
function replaced(subject: string, isEnd: boolean, pattern: string, template: string): string | undefined {
  const given = shown(subject, isEnd, pattern);
  const { text, count } = replaceContent(given, pattern, template);
  if (count === 0) return undefined;
  return given === subject ? text : withoutMarker(Buffer.from(text, 'latin1')).toString('latin1');
}

/** The table of the first match, false without one (4/lua/ref-msg-raw-match). */
function matchSection({ vm }: Runtime, section: Section, pattern: string): HostResult {
  const found = searchContent(shown(section.read().toString('latin1'), section.isEnd, pattern), pattern);
  return found ? matchTable(vm, found) : false;
}

function replaceSection(section: Section, pattern: string, template: string): boolean {
  const after = replaced(section.read().toString('latin1'), section.isEnd, pattern, template);
  if (after === undefined) return false;
  section.write(Buffer.from(after, 'latin1'));
  return true;
}

const sectionFunctions = (name: string, sectionOf: SectionOf): ApiTable => ({
  [`${name}_match`]: (runtime, [object, pattern]) => matchSection(runtime, sectionOf(object), text(pattern)),
  [`${name}_replace`]: (_runtime, [object, pattern, template]) =>
    replaceSection(sectionOf(object), text(pattern), text(template)),
});

const SECTION_FUNCTIONS: ApiTable = Object.assign(
  {},
  ...Object.entries(SECTIONS).map(([name, sectionOf]) => sectionFunctions(name, sectionOf)),
) as ApiTable;

/** The message ends with the text of a part that is all of it. */
const isWholeMessage = (part: MimePart): boolean => part.isLinked && !part.parent;

function matchText({ vm }: Runtime, parts: readonly MimePart[], pattern: string): HostResult {
  for (const part of parts) {
    const subject = part.text;
    const found =
      subject !== undefined && searchContent(shown(subject, isWholeMessage(part), pattern), pattern);
    if (found) return matchTable(vm, found);
  }
  return false;
}

/** Whether the text is another one afterwards, as the product has it (4/lua/ref-msys-pcre-replace). */
function replaceText(part: MimePart, pattern: string, template: string): boolean {
  const before = part.text;
  if (before === undefined) return false;
  const after = replaced(before, isWholeMessage(part), pattern, template);
  if (after === undefined || after === before) return false;
  writable(part).text = after;
  return true;
}

const textParts = (message: LuaValue, isReadOnly: boolean): MimePart[] =>
  partsOf(contentOf(message).mime(isReadOnly));

/** 4/lua/ref-msg-raw-match and its neighbours, 4/lua/ref-msgpart-raw-match and its neighbours. */
export const messageMatch: ApiTable = raisingAll({
  'msg:text_match': (runtime, [message, pattern]) =>
    matchText(runtime, textParts(message, true), text(pattern)),

  'msg:text_replace': (_runtime, [message, pattern, template]) => {
    const results = textParts(message, false).map((part) => replaceText(part, text(pattern), text(template)));
    return results.includes(true);
  },

  'msgpart:text_match': (runtime, [part, pattern]) => matchText(runtime, [part as MimePart], text(pattern)),

  'msgpart:text_replace': (_runtime, [part, pattern, template]) =>
    replaceText(part as MimePart, text(pattern), text(template)),

  ...SECTION_FUNCTIONS,
});
