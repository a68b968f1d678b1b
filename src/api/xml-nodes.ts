import { LuaRaise, type HostCall, type HostResult, type LuaValue } from '../lua';
import { XmlNamespace, XmlNode } from '../lua/packages/xml/document';
import { misuse } from './misuse';
import type { ApiImplementation, ApiTable, Runtime } from './runtime';
import { text } from './values';
import { bindXml } from './xml-objects';

const FREED = 'the xml node has been freed: production would use freed memory';

/** A node that C has not freed. */
export function checkNode(runtime: Runtime, node: XmlNode, call: HostCall): XmlNode {
  return node.isReleased ? misuse(runtime, 'BAD_ARGUMENT', FREED, call) : node;
}

/** A method of a node; more arguments than `most` raise `complaint`. */
const onNode =
  (
    most: number,
    complaint: string,
    implementation: (node: XmlNode, args: LuaValue[], runtime: Runtime, call: HostCall) => HostResult,
  ): ApiImplementation =>
  (runtime, [node, ...args], call) => {
    if (args.length > most) throw new LuaRaise(complaint.replace('%d', String(args.length)));
    return implementation(checkNode(runtime, node as XmlNode, call), args, runtime, call);
  };

const NO_ARGUMENTS = 'must be called with no arguments';
const optional = (value: LuaValue) => (value === undefined ? undefined : text(value));

const attribute = onNode(2, 'must be called with one argument', (node, args) => {
  const [name, value] = args;
  if (args.length === 1) return node.attribute(text(name));
  node.setAttribute(text(name), optional(value));
  return undefined;
});

const document = onNode(0, NO_ARGUMENTS, (node, _args, runtime) => {
  const owner = node.document;
  return owner && bindXml(runtime, owner);
});

/** A node that may be changed and moved. */
function checkFree(runtime: Runtime, node: XmlNode, call: HostCall): XmlNode {
  const text = 'an xml document, its document type and its entities cannot be changed as nodes';
  return node.isFixed ? misuse(runtime, 'BAD_ARGUMENT', text, call) : node;
}

/** A new element, or a node that moves here with all that is in it. */
const addChild = onNode(1, 'must be called with one argument', (node, [child], runtime, call) => {
  if (!node.isElement) misuse(runtime, 'BAD_ARGUMENT', 'only elements can have xml nodes as children', call);
  if (!(child instanceof XmlNode)) return bindXml(runtime, node.addElement(text(child)));
  checkFree(runtime, checkNode(runtime, child, call), call);
  if (node.isWithin(child))
    misuse(runtime, 'BAD_ARGUMENT', 'an xml node cannot become a child of itself', call);
  return bindXml(runtime, node.addNode(child));
});

const children = onNode(0, NO_ARGUMENTS, (node, _args, runtime) => iterator(runtime, node.children));

/** An iterator function over nodes. */
export function iterator(runtime: Runtime, nodes: readonly XmlNode[]): LuaValue {
  const remaining = nodes.values();
  return runtime.vm.hostFunction((_args, call) => {
    const { value } = remaining.next() as { value?: XmlNode };
    return value && bindXml(runtime, checkNode(runtime, value, call));
  });
}

/** Methods of nodes (4/lua/ref-xml-node-*). */
export const xmlNodes: ApiTable = {
  'node:name': onNode(0, NO_ARGUMENTS, (node) => node.name),
  'node:attr': attribute,
  'node:attribute': attribute,
  'node:contents': onNode(1, NO_ARGUMENTS, (node, [content], runtime, call) => {
    if (content === undefined) return node.text();
    checkFree(runtime, node, call).setText(text(content));
    return undefined;
  }),
  'node:addchild': addChild,
  'node:children': children,
  'node:doc': document,
  'node:document': document,
  'node:unlink': onNode(0, NO_ARGUMENTS, (node, _args, runtime, call) => {
    checkFree(runtime, node, call).unlink();
    return node;
  }),
  'node:free': onNode(0, NO_ARGUMENTS, (node, _args, runtime, call) => {
    checkFree(runtime, node, call).free();
    return undefined;
  }),
  'node:tostring': onNode(0, 'expects no arguments, got %d', String),

  'node:newns': onNode(2, 'invalid number of parameters', (node, [uri, prefix], runtime) => {
    const namespace = node.declareNamespace(optional(uri), optional(prefix));
    return namespace && bindXml(runtime, namespace);
  }),
  'node:setns': onNode(1, 'invalid number of parameters', (node, [namespace]) => {
    node.setNamespace(namespace as XmlNamespace);
    return undefined;
  }),
  'node:attrns': onNode(3, 'invalid number of parameters', (node, [first, second, value]) => {
    if (!(first instanceof XmlNamespace)) return node.namespacedAttribute(text(first), optional(second));
    node.setAttribute(text(second), optional(value), first);
    return undefined;
  }),
};
