import { NODE, type Libxml2 } from './library';

/** Why an expression finds no nodes, as a sentence without its subject. */
export type XPathProblem = string;

/** Where a result of XPath keeps its kind and its nodes, and a set of nodes their number and the list. */
const KIND = 0;
const NODE_SET = 4;
const COUNT = 0;
const LIST = 8;
const KINDS: readonly string[] = ['nothing', 'nodes', 'a boolean', 'a number', 'a string'];
const NODES = 1;

/** The nodes (pointers) that an expression finds in a document, from a context node when there is one. */
export function evaluate(
  xml: Libxml2,
  document: number,
  expression: string,
  node: number | undefined,
): number[] | XPathProblem {
  const context = xml.c.xmlXPathNewContext(document);
  try {
    if (node !== undefined && xml.c.xmlXPathSetContextNode(node, context) < 0)
      return 'has a context node of another document';
    const compiled = xml.with([expression], (text) => xml.c.xmlXPathCtxtCompile(context, text));
    if (compiled === 0) return 'is no XPath expression';
    const result = xml.c.xmlXPathCompiledEval(compiled, context);
    xml.c.xmlXPathFreeCompExpr(compiled);
    if (result === 0) return 'cannot be evaluated';
    try {
      return nodesOf(xml, result);
    } finally {
      xml.c.xmlXPathFreeObject(result);
    }
  } finally {
    xml.c.xmlXPathFreeContext(context);
  }
}

function nodesOf(xml: Libxml2, result: number): number[] | XPathProblem {
  const kind = xml.word(result + KIND);
  if (kind !== NODES) return `gives ${KINDS[kind] ?? 'something else'}, no nodes`;
  const set = xml.word(result + NODE_SET);
  if (set === 0) return [];
  const list = xml.word(set + LIST);
  const nodes = Array.from({ length: xml.word(set + COUNT) }, (_, i) => xml.word(list + 4 * i));
  if (nodes.some((node) => xml.field(node, 'type') === NODE.namespace))
    return 'gives namespaces, which are no nodes of the document';
  return nodes;
}
