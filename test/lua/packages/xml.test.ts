import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { readBinary } from '../../../src/lua/packages/xml/binary';
import { XmlDocument, type XmlNode } from '../../../src/lua/packages/xml/document';
import { library } from '../../../src/lua/packages/xml/library';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const parse = (text: string) => XmlDocument.parse(Buffer.from(text), { keepBlanks: true });

/** Lets go of garbage: the collector runs, and what waits for it. */
async function release(): Promise<void> {
  collect();
  await new Promise((resolve) => setImmediate(resolve));
}

describe('the binary in its script', () => {
  test('escapes and zeros', () => {
    expect([...readBinary("x('\0asm\\n\\r\\'\\\\\u0100\xff')")]).toEqual([
      ...Buffer.from("\0asm\n\r'\\\0\xff", 'latin1'),
    ]);
  });

  test.each(['', "'\0asm", "'\0asm\\'", '"\0asm"'])('%j has another form', (script) => {
    expect(() => readBinary(script)).toThrow('does not embed its binary in the expected form');
  });
});

test('documents that nobody holds are freed', async () => {
  const text = `<doc>${'<a>x</a>'.repeat(500)}</doc>`;
  const round = async () => {
    for (let i = 0; i < 200; i++) parse(text)!.root()!.children[3]!.unlink();
    await release();
    return library().size;
  };
  await round();
  const size = await round();
  for (let i = 0; i < 5; i++) await round();
  expect(library().size).toBeLessThan(2 * size);
});

describe('any order of operations keeps the memory of C in order', () => {
  const PARTS = [
    '<a/>',
    '<a b="c"/>',
    'text',
    '<![CDATA[q]]>',
    '<?pi x?>',
    '<!--c-->',
    '<p:q xmlns:p="u" p:b="1" b="2"/>',
    '<a b="c"><a/>x<a c="d">y</a></a>',
    '<a b="d">&x;&x;</a>',
  ];
  const QUERIES = ['//*', '//@*', '//text()', '//a', '//node()', '/', '//a[@b]', '..', '//node()/node()'];

  test.each([1, 2, 3])('seed %i', async (seed) => {
    let state = seed * 7919;
    const below = (n: number) =>
      ((state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 8) % Math.max(n, 1);
    const loose: XmlNode[] = [];
    const isFree = (node: XmlNode) => !node.isReleased && !node.isFixed;
    const operations: ((node: XmlNode) => void)[] = [
      (node) => isFree(node) && node.setText('x<&'),
      (node) => {
        if (!isFree(node)) return;
        node.unlink();
        loose.push(node);
      },
      (node) => node.setAttribute('b', below(2) ? 'v' : undefined),
      (node) => isFree(node) && node.free(),
      (node) => {
        const [moved] = loose.splice(below(loose.length), 1);
        if (moved && isFree(moved) && node.isElement && !node.isWithin(moved)) node.addNode(moved);
      },
      (node) => node.isElement && node.addElement('new').setText('hi'),
    ];
    for (let i = 0; i < 400; i++) {
      const parts = Array.from({ length: below(8) }, () => PARTS[below(PARTS.length)]!).join('');
      const document = parse(
        `<!DOCTYPE a [<!ENTITY x "y<a b='1'/>z"><!ATTLIST a b ID #IMPLIED>]><a b="c">${parts}</a>`,
      )!;
      for (let round = 0; round < 4; round++) {
        const found = document.find(QUERIES[below(QUERIES.length)]!) as XmlNode[];
        for (const node of found.slice(0, 6))
          if (!node.isReleased) operations[below(operations.length)]!(node);
        expect(String(document)).toContain('<!DOCTYPE');
      }
      if (loose.length > 50) loose.splice(0, 25);
      if (i % 100 === 99) await release();
    }
    loose.length = 0;
    await release();
    expect(String(parse('<doc/>'))).toBe('<?xml version="1.0" encoding="utf-8"?>\n<doc/>\n');
  });
});
