import type { MimePart } from '../../mail/part';
import { shownText } from '../bytes';

/** One part of a message that is no container, as tests see it. */
export interface PartView {
  /** `text/plain`, in lower case. */
  readonly type: string;
  readonly charset: string | undefined;
  /** The transfer encoding. */
  readonly encoding: string;
  readonly isAttachment: boolean;
  readonly filename: string | undefined;
  /** The decoded text of a `text/*` part; undefined for the others. */
  readonly text: string | undefined;
}

/** The parts of a tree that are no containers, in the order of the message. */
export function partViews(top: MimePart): PartView[] {
  const views: PartView[] = [];
  for (let part: MimePart | undefined = top; part; part = part.thread)
    if (!part.isContainer) views.push(partView(part));
  return views;
}

function partView(part: MimePart): PartView {
  const { mimetype, charset, encoding, isAttachment, filename } = part.contentType();
  const text = part.text;
  return {
    type: shownText(mimetype),
    charset: charset === undefined ? undefined : shownText(charset),
    encoding: shownText(encoding),
    isAttachment,
    filename: filename === undefined ? undefined : shownText(filename),
    text: text === undefined ? undefined : shownText(text),
  };
}
