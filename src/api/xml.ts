/** The package `xml`: libxml2 for scripts (4/lua/ref-xml-parsexml and its neighbours). */
import { callerOf, LuaRaise, toDisplay, type HostCall, type LuaValue } from '../lua';
import { XmlDocument, XmlNamespace, XmlNode } from '../lua/packages/xml/document';
import { quoteField } from '../server/http/field-syntax';
import type { ApiTable, Runtime } from './runtime';
import { bytes, text } from './values';
import { checkNode, iterator, xmlNodes } from './xml-nodes';
import { bindXml } from './xml-objects';

/** The document of a request's body, undefined when that is not well-formed. */
export function readDocument(runtime: Runtime, body: Buffer): LuaValue {
  const document = XmlDocument.parse(body, { keepBlanks: true });
  return document && bindXml(runtime, document);
}

/** The text of a document, as `doc:tostring` gives it. */
export function writeDocument(document: LuaValue): Buffer {
  return Buffer.from(String(document as XmlDocument), 'latin1');
}

function find(runtime: Runtime, [document, query, node]: LuaValue[], call: HostCall): LuaValue {
  const context = node instanceof XmlNode ? checkNode(runtime, node, call) : undefined;
  const found = (document as XmlDocument).find(text(query), context);
  if (typeof found !== 'string') return iterator(runtime, found);
  // Production has no word for it: the iterator just gives nothing.
  const message = `the XPath query ${quoteField(toDisplay(text(query)))} ${found}: its iterator is empty in production.`;
  if (runtime.server.report('BAD_ARGUMENT', message, callerOf(call.L))) throw new LuaRaise(message);
  return iterator(runtime, []);
}

/** `xml.*` and the methods of documents (4/lua/ref-xml-doc-*). */
export const xml: ApiTable = {
  ...xmlNodes,
  'xml.parsexml': (runtime, [source, keepBlanks]) => {
    const document = XmlDocument.parse(bytes(source), { keepBlanks: Number(keepBlanks ?? 0) !== 0 });
    return document && bindXml(runtime, document);
  },
  'xml.newnode': (runtime, [name, namespace]) =>
    bindXml(runtime, XmlNode.create(text(name), namespace as XmlNamespace | undefined)),

  'doc:root': (runtime, [document]) => {
    const root = (document as XmlDocument).root();
    return root && bindXml(runtime, root);
  },
  'doc:tostring': (_runtime, [document]) => String(document),
  'doc:xpath': find,
};
