import { XmlDocument, XmlNamespace, XmlNode } from '../lua/packages/xml/document';
import type { ClassDeclaration } from './classes';
import { bindObject } from './objects';
import type { Runtime } from './runtime';

const xmlDocument: ClassDeclaration<XmlDocument> = { name: 'xml:document', tostring: String };

const xmlNode: ClassDeclaration<XmlNode> = {
  name: 'xml:node',
  tostring: (node) => (node.isReleased ? 'xml:node (freed)' : String(node)),
};

const xmlNamespace: ClassDeclaration<XmlNamespace> = { name: 'msys.core:_xml_namespace' };

/** Makes a document, a node or a namespace visible to scripts. */
export function bindXml<X extends XmlDocument | XmlNode | XmlNamespace>(runtime: Runtime, object: X): X {
  if (object instanceof XmlDocument) bindObject(runtime, xmlDocument, object);
  else if (object instanceof XmlNode) bindObject(runtime, xmlNode, object);
  else bindObject(runtime, xmlNamespace, object);
  return object;
}
