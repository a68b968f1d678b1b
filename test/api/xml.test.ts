import { Momentum } from '../../src';
import '../../src/jest';

let mta: Momentum;
beforeEach(async () => {
  mta = await Momentum.start();
});
afterEach(() => mta.stop());

/** Runs statements after `require("xml")`. */
const run = (lua: string) => mta.eval(`require("xml") ${lua}`);
/** What statements return with `doc`, a parsed document, and its root. */
const within = (xml: string, lua: string) =>
  run(`local doc = xml.parsexml(${JSON.stringify(xml)}) local root = doc:root() ${lua}`);

const ITEMS = '<doc>\n  <item name="one">hello</item>\n  <item name="two" x="1"/>\n</doc>';

test('require gives the package, which is a global, too', async () => {
  expect(await mta.eval('local package = require("xml") return package == xml')).toEqual([true]);
});

// 4/lua/ref-xml-doc-tostring, 4/lua/ref-xml-node-tostring
test('the documented example', async () => {
  const [document, node] = await within(
    '<doc></doc>',
    `local child = root:addchild("item")
     child:contents("I am a child node.")
     return tostring(root:doc()), root:tostring()`,
  );
  expect(document).toBe(
    '<?xml version="1.0" encoding="utf-8"?>\n<doc>\n  <item>I am a child node.</item>\n</doc>\n',
  );
  expect(node).toBe('<doc>\n  <item>I am a child node.</item>\n</doc>');
});

test.each([
  ['doc:tostring() == tostring(doc)', true],
  ['root:tostring() == tostring(root)', true],
  ['root == doc:root()', true],
  ['root:doc() == doc', true],
  ['root:name()', 'doc'],
  // 4/lua/ref-xml-node-attribute
  ['root:attr("missing")', undefined],
  ['root:attr("n")', '1'],
  ['root:attribute("n")', '1'],
  // 4/lua/ref-xml-node-contents
  ['root:contents()', 'text & more'],
])('%s', async (expression, result) => {
  expect(await within('<doc n="1">text &amp; <b>more</b></doc>', `return ${expression}`)).toEqual([result]);
});

// 4/lua/ref-xml-parsexml
test.each([
  ['', 2],
  [', 0', 2],
  [', 1', 5],
])('parsexml(text%s) has %i children', async (keepBlanks, count) => {
  const [children] = await run(`
    local count = 0
    for _ in xml.parsexml(${JSON.stringify(ITEMS)}${keepBlanks}):root():children() do count = count + 1 end
    return count`);
  expect(children).toBe(count);
});

test.each(['', 'no xml', '<a>', '<a></b>', '<a>\0</a>', '<a/><b/>'])('%j is no document', async (text) => {
  expect(await run(`return xml.parsexml(${JSON.stringify(text).replace('\\u0000', '\\0')})`)).toEqual([
    undefined,
  ]);
});

test('bytes come back as they were', async () => {
  expect(await within('<doc>Grüße €</doc>', 'return root:contents(), root:tostring()')).toEqual([
    'Grüße €',
    '<doc>Grüße €</doc>',
  ]);
});

test('another encoding is read', async () => {
  const [text] = await run(
    'return xml.parsexml("<?xml version=\\"1.0\\" encoding=\\"ISO-8859-1\\"?><doc>\\228</doc>"):root():contents()',
  );
  expect(text).toBe('ä');
});

test('entities of other files are not read', async () => {
  const [text] = await within(
    '<!DOCTYPE doc [<!ENTITY x SYSTEM "file:///etc/hostname">]><doc>a&x;b</doc>',
    'return root:contents()',
  );
  expect(text).toBe('ab');
});

describe('attributes', () => {
  test.each([
    ['root:attr("n", "2")', '<doc n="2"/>'],
    ['root:attribute("m", "<&\\"")', '<doc n="1" m="&lt;&amp;&quot;"/>'],
    // C's xmlSetProp keeps an attribute whose value is NULL: it is empty.
    ['root:attr("n", nil)', '<doc n=""/>'],
  ])('%s', async (statement, text) => {
    expect(await within('<doc n="1"/>', `${statement} return root:tostring()`)).toEqual([text]);
  });

  test('a default from the document type counts', async () => {
    const text = '<!DOCTYPE doc [<!ATTLIST doc n CDATA "dflt">]><doc/>';
    expect(await within(text, 'return root:attr("n")')).toEqual(['dflt']);
  });

  test('namespaces', async () => {
    const text = '<doc xmlns:p="urn:p" p:n="1" m="2"/>';
    expect(
      await within(
        text,
        'return root:attr("n"), root:attrns("n", "urn:p"), root:attrns("n"), root:attrns("m"), root:attrns("m", "urn:p")',
      ),
    ).toEqual(['1', '1', undefined, '2', undefined]);
    expect(
      await within(
        '<doc/>',
        `local ns = root:newns("urn:q", "q")
         root:attrns(ns, "n", "1")
         root:setns(ns)
         root:addchild("kid")
         root:attr("q:n", "2")
         return root:tostring()`,
      ),
    ).toEqual(['<q:doc xmlns:q="urn:q" q:n="2">\n  <q:kid/>\n</q:doc>']);
  });
});

describe('contents', () => {
  test.each([
    ['a < b & c', '<doc>a &lt; b &amp; c</doc>'],
    ['&amp;', '<doc>&amp;amp;</doc>'],
    ['', '<doc/>'],
    ['ü€', '<doc>ü€</doc>'],
    ['a\\r\\1b', '<doc>a&#13;b</doc>'],
  ])('of an element: %j', async (text, expected) => {
    const [string] = await within('<doc><old/></doc>', `root:contents("${text}") return root:tostring()`);
    expect(string).toBe(expected);
  });

  test('what they replace is freed', async () => {
    await expect(
      within('<doc><old/></doc>', 'local old = root:children()() root:contents("new") return old:name()'),
    ).rejects.toThrow('the xml node has been freed');
    expect(mta).toHaveDiagnostic('BAD_ARGUMENT');
  });
});

// 4/lua/ref-xml-node-name, 4/lua/ref-xml-node-children
test('children, texts among them', async () => {
  const [names] = await within(
    '<doc><a/>text<!--c--><![CDATA[d]]><?pi x?></doc>',
    `local names = {}
     for child in root:children() do names[#names + 1] = tostring(child:name()) .. "=" .. child:contents() end
     return table.concat(names, ",")`,
  );
  expect(names).toBe('a=,text=text,comment=c,nil=d,pi=x');
});

// 4/lua/ref-xml-doc-xpath
describe('xpath', () => {
  const names = (query: string, context = '') =>
    within(
      ITEMS,
      `local found = {}
       for node in doc:xpath([==[${query}]==]${context}) do found[#found + 1] = node:name() .. ":" .. node:contents() end
       return table.concat(found, ",")`,
    );

  test.each([
    ['//item', '', 'item:hello,item:'],
    ['//item[@name="one"]', '', 'item:hello'],
    ['item', ', root', 'item:hello,item:'],
    ['.', ', root:children()()', 'item:hello'],
    ['//@name', '', 'name:one,name:two'],
    ['/doc/item[last()]/@x', '', 'x:1'],
    ['//nothing', '', ''],
    ['//text()', '', 'text:hello'],
  ])('%s%s', async (query, context, expected) => {
    expect(await names(query, context)).toEqual([expected]);
  });

  test.each([
    ['//item[', '', 'is no XPath expression'],
    ['nosuch()', '', 'cannot be evaluated'],
    ['p:item', '', 'cannot be evaluated'],
    ['count(//item)', '', 'gives a number, no nodes'],
    ['true()', '', 'gives a boolean, no nodes'],
    ['string(//item)', '', 'gives a string, no nodes'],
    ['//namespace::*', '', 'gives namespaces'],
    ['.', ', xml.newnode("x")', 'has a context node of another document'],
  ])('%s%s is reported', async (query, context, problem) => {
    await expect(names(query, context)).rejects.toThrow(problem);
    expect(mta).toHaveDiagnostic('BAD_ARGUMENT');
  });

  test('one that nests too deep is reported, briefly', async () => {
    const query = 'string.rep("(", 100000) .. "1" .. string.rep(")", 100000)';
    await expect(within('<doc/>', `doc:xpath(${query})`)).rejects.toThrow('is no XPath expression');
    expect(mta.diagnostics.at(0)!.message.length).toBeLessThan(200);
  });

  test('without strict rules the iterator is empty', async () => {
    await using lenient = await Momentum.start({ strict: false });
    const found = await lenient.eval('require("xml") return xml.parsexml("<a/>"):xpath("//[")()');
    expect(found).toEqual([undefined]);
    expect(lenient).toHaveDiagnostic('BAD_ARGUMENT');
  });
});

describe('trees', () => {
  // 4/lua/ref-xml-node-unlink, 4/lua/ref-xml-node-addchild
  test('a node that is unlinked and added elsewhere', async () => {
    const [from, to, same, owner] = await run(`
      local a, b = xml.parsexml("<a><x><y/></x></a>"), xml.parsexml("<b/>")
      local x = a:root():children()()
      local unlinked = x:unlink()
      local added = b:root():addchild(unlinked)
      return a:root():tostring(), b:root():tostring(), added == x, added:doc() == b`);
    expect([from, to, same, owner]).toEqual(['<a/>', '<b>\n  <x>\n    <y/>\n  </x>\n</b>', true, true]);
  });

  test('a node moves without being unlinked first', async () => {
    expect(
      await within('<doc><a/><b/></doc>', 'root:addchild(root:children()()) return root:tostring()'),
    ).toEqual(['<doc>\n  <b/>\n  <a/>\n</doc>']);
  });

  test('texts that meet become one', async () => {
    const [text] = await within(
      '<doc>a<b/>c</doc>',
      `local first, element, last
       for child in root:children() do if not first then first = child elseif not element then element = child else last = child end end
       element:unlink()
       return root:addchild(last):contents()`,
    );
    expect(text).toBe('ac');
  });

  test('the document is a node that stays where it is', async () => {
    expect(
      await within(
        '<doc><a/></doc>',
        'local node = doc:xpath("/")() return node:name(), node:children()():name(), node:doc() == doc',
      ),
    ).toEqual([undefined, 'doc', true]);
    for (const move of [
      'node:unlink()',
      'node:free()',
      'node:contents("x")',
      'xml.newnode("x"):addchild(node)',
    ])
      await expect(within('<doc/>', `local node = doc:xpath("/")() ${move}`)).rejects.toThrow(
        'cannot be changed as nodes',
      );
    expect(mta).toHaveDiagnostic('BAD_ARGUMENT');
  });

  test.each(['//@n', '//text()', '//comment()', '/'])('nothing becomes a child of %s', async (query) => {
    const text = '<doc n="1">text<!--c--></doc>';
    for (const child of ['"x"', 'xml.newnode("x")'])
      await expect(within(text, `doc:xpath("${query}")():addchild(${child})`)).rejects.toThrow(
        'only elements can have xml nodes as children',
      );
    expect(mta).toHaveDiagnostic('BAD_ARGUMENT');
  });

  test('no node becomes its own descendant', async () => {
    await expect(within('<doc><a/></doc>', 'root:children()():addchild(root)')).rejects.toThrow(
      'cannot become a child of itself',
    );
    expect(mta).toHaveDiagnostic('BAD_ARGUMENT');
  });

  // mobile/mobile-reference/mcmt-2-xmpp
  test('newnode makes an element of no document', async () => {
    expect(
      await run(`
        local stanza = xml.newnode("message")
        stanza:attr("to", "a@b")
        local body = stanza:addchild("body")
        body:contents("hi")
        return tostring(stanza), stanza:doc(), stanza:name()`),
    ).toEqual(['<message to="a@b">\n  <body>hi</body>\n</message>', undefined, 'message']);
  });

  test('a node that was freed is of no use', async () => {
    await expect(run('local n = xml.newnode("x") n:free() return n:name()')).rejects.toThrow(
      'has been freed',
    );
    expect(mta).toHaveDiagnostic('BAD_ARGUMENT');
  });

  test('a node keeps its document', async () => {
    expect(
      await run(`
        local root = xml.parsexml("<doc><a/></doc>"):root()
        collectgarbage()
        return root:tostring()`),
    ).toEqual(['<doc>\n  <a/>\n</doc>']);
  });
});

test.each([
  ['root:name(1)', 'must be called with no arguments'],
  ['root:contents("a", "b")', 'must be called with no arguments'],
  ['root:attr("a", "b", "c")', 'must be called with one argument'],
  ['root:tostring(1, 2)', 'expects no arguments, got 2'],
])('%s is an error, as in production', async (call, message) => {
  await expect(within('<doc/>', call)).rejects.toThrow(message);
});

test('what is not simulated says so', async () => {
  await expect(within('<doc/>', 'root:copy()')).rejects.toThrow('node:copy is part of Momentum');
  expect(mta).toHaveDiagnostic('NOT_SIMULATED');
});

test('thousands of documents', async () => {
  const [total] = await run(`
    local total = 0
    for i = 1, 3000 do
      total = total + #tostring(xml.parsexml("<doc><a n='" .. i .. "'/></doc>"):root():attr("x") or "1")
    end
    return total`);
  expect(total).toBe(3000);
});

test('a document of some megabytes', async () => {
  const [size] = await run(`
    local doc = xml.parsexml("<doc>" .. string.rep("<item>0123456789</item>", 200000) .. "</doc>")
    return #doc:root():contents()`);
  expect(size).toBe(2_000_000);
});

test.each([
  ['xml.parsexml(string.rep("<a>", 100000))', undefined],
  ['xml.parsexml("<a " .. string.rep("x", 100000) .. "=\\"1\\"/>") ~= nil', false],
])('nothing breaks: %s', async (expression, result) => {
  const [first] = await within('<doc/>', `return ${expression}`);
  expect(first).toBe(result);
  expect(await within('<doc/>', 'return root:name()')).toEqual(['doc']);
});

test('a tree as deep as a script makes it', async () => {
  const [size] = await within(
    '<doc/>',
    `local at = root
     for _ = 1, 20000 do at = at:addchild("a") end
     local text = #root:tostring()
     root:contents("")
     return text`,
  );
  expect(size).toBeGreaterThan(100_000);
});

test('two servers do not meet', async () => {
  await using other = await Momentum.start();
  await run('shared = xml.parsexml("<a/>")');
  expect(await other.eval('require("xml") return shared, xml.parsexml("<b/>"):root():name()')).toEqual([
    undefined,
    'b',
  ]);
});
