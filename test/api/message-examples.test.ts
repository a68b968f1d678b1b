/** Examples of the product's documentation on the content of messages, unchanged. */
import { Momentum } from '../../src';
import '../../src/jest';
import { lines, withMessage } from './support/message';

let mta: Momentum;
beforeEach(async () => {
  mta = await Momentum.start();
});
afterEach(() => mta.stop());

/** Runs a module's callout with the message; what the message is afterwards. */
async function callout(example: string, name: string, message: string): Promise<unknown> {
  const lua = `local registered
    msys.registerModule = function (_, module) registered = module end
    (function () ${example} end)()
    registered:${name}(msg, nil, nil)
    return (msg:raw())`;
  return (await withMessage(mta, message, lua))[0];
}

const MULTIPART = lines(
  'Content-Type: multipart/mixed; boundary=b',
  '',
  '--b',
  'Content-Type: text/plain',
  '',
  'x',
  '--b--',
);

// 4/lua/ref-msgpart-add-last-child
const ADD_DISCLAIMER = `
require("msys.core");
require("msys.extended.message");
require("msys.dumper");

local function add_disclaimer(msg, plain, html)
  local p = msg:mime(false)

  if p == nil then
    return
  elseif p.parts != nil then
    if plain != nil then
      local plain_part = msg:makePart("text/plain", plain)
      plain_part.body_start = 0
      plain_part.body_end = #plain
      p:addLastChild(plain_part)
    end
    if html != nil then
      local html_part = msg:makePart("text/html", html)
      html_part.body_start = 0
      html_part.body_end = #html
      p:addLastChild(html_part)
    end
  else
    if plain != nil then
      msg:text_replace("\\r\\n.\\r\\n", plain.."\\r\\n.\\r\\n")
    elseif html != nil then
      msg:text_replace("\\r\\n.\\r\\n", html.."\\r\\n.\\r\\n")
    else
      error("add_disclaimer: both plain and html are nil")
    end
  end
end

local mod = {};

function mod:validate_data(msg, accept, vctx)
  print(msys.dumper.Dumper(msg));
  add_disclaimer(msg, "Disclaimer", "<b>Disclaimer</b>")
  return msys.core.VALIDATE_CONT
end

msys.registerModule("myValid", mod);
`;

test('a disclaimer for several parts', async () => {
  expect(await callout(ADD_DISCLAIMER, 'validate_data', MULTIPART)).toBe(
    MULTIPART.replace(
      '--b--',
      lines(
        '--b',
        'Content-Type: text/plain',
        '',
        'Disclaimer',
        '--b',
        'Content-Type: text/html',
        '',
        '<b>Disclaimer</b>',
        '--b--',
      ).slice(0, -2),
    ),
  );
});

test('a disclaimer for one part', async () => {
  expect(await callout(ADD_DISCLAIMER, 'validate_data', lines('Subject: s', '', 'text '))).toBe(
    lines('Subject: s', '', 'text Disclaimer'),
  );
});

// 4/lua/ref-msgpart-content-type
test('content types of all parts', async () => {
  const example = `
require("msys.core");
require('msys.extended.message');

local mod = {};

function mod:validate_data_spool_each_rcpt (msg, accept, vctx)
  local msgpart = msg:mime(true);
  while msgpart != nil do
    local ct = msgpart:content_type();
    for k,v in pairs(ct) do
      print(k,v)
    end
    msgpart = msgpart.thread;
  end
  return msys.core.VALIDATE_DONE;
end

msys.registerModule('validate_data_spool_each_rcpt', mod);
`;
  await callout(example, 'validate_data_spool_each_rcpt', MULTIPART);
  expect(mta.paniclog.map(({ message }) => message)).toEqual(
    expect.arrayContaining(['mimetype\tmultipart/mixed', 'mimetype\ttext/plain', 'charset\tus-ascii']),
  );
});

const HEADERS = lines(
  'Message-ID: <1@example.com>',
  'Sender: a@ectest.example.com',
  'X-Custom-Header: v',
  '',
  '',
);

test.each([
  [
    '4/lua/ref-header: get',
    `local header_list;
header_list =  msg:header("X-Custom-Header");
local hdrval = header_list[1];
result = hdrval`,
    'v',
  ],
  [
    '4/lua/ref-header: delete',
    'msg:header("X-Custom-Header", ""); result = #msg:header("X-Custom-Header")',
    0,
  ],
  [
    '4/lua/ref-header: set',
    'msg:header("X-Custom-Header", "header value"); result = msg:header("X-Custom-Header")[1]',
    'header value',
  ],
  [
    '4/lua/ref-header: replace',
    'msg:header("X-Custom-Header", "123456", "replace"); result = msg:header("X-Custom-Header")[1]',
    '123456',
  ],
  [
    '4/modules/reception-timing',
    `hdrs = msg:header("Message-ID"); 
if hdrs ~= nil and hdrs[1] ~= nil then
   msg:context_set(msys.core.ECMESS_CTX_MESS, "cl_MID", hdrs[1]); 
end
result = msg:context_get(msys.core.ECMESS_CTX_MESS, "cl_MID")`,
    '<1@example.com>',
  ],
  [
    '4/modules/spamassassin',
    `local status, is_spam, score, thresh, symbols = "ok", "true", "7.5", "5.0", "A,B"
local spam_header = "X-MSYS-Spam-Status"
if status == "ok" then
  if is_spam == "true" then
    msg:header(spam_header, string.format("Yes, score=%s required=%s tests=%s",
                                          score, thresh, symbols))
  else
    msg:header(spam_header, string.format("No, score=%s required=%s tests=%s",
                                          score, thresh, symbols))
  end
else
  msg:header(spam_header, "failed")
end
result = msg:header(spam_header)[1]`,
    'Yes, score=7.5 required=5.0 tests=A,B',
  ],
  [
    '4/lua/ref-msys-validate-opendkim-sign',
    `local responsible = table.concat(msg:address_header('Sender'), ' ')
  if responsible == nil then
    responsible = table.concat(msg:address_header('From'), ' ')
  end
result = string.find(responsible, 'ectest.example.com', 1)`,
    3,
  ],
  [
    'mobile/mobile-reference/admin-use-case-sender-address',
    'result = table.concat(msys.parseRFC2822Addresses("15551234567@sms.example.com", "user"))',
    '15551234567',
  ],
])('%s', async (_page, example, expected) => {
  expect(await withMessage(mta, HEADERS, `local result ${example} return result`)).toEqual([expected]);
});
