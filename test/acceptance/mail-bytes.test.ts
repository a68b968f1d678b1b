/** A message leaves the server as it came in, but for what is documented to be added, and what scripts change. */
import fc from 'fast-check';
import type { Momentum, MomentumOptions } from '../../src';
import { CONT, policy, smtpServer } from '../listeners/smtp/support';
import { mail, NAMES, rawOf, tree, type RandomMail } from './support/arbitrary-mail';
import { dialogue, endedWithLine, Sink, stuffed, Wire } from './support/wire';

let mta: Momentum;
const sinks: Sink[] = [];
afterEach(async () => {
  await mta.stop();
  await Promise.all(sinks.splice(0).map((sink) => sink.close()));
});

const RUNS = { seed: 20_261_124, numRuns: 150 };
const UNTOUCHED =
  'RFC2822_Trace_Headers = false\nRFC2822_Date_Header = "ignore"\nRFC2822_MessageID_Header = "ignore"';
const FROM = 'a@b.example';
const TO = 'c@d.example';

/** `stanzas`: options of the whole server. */
async function start(stanzas = '', more: MomentumOptions = {}): Promise<void> {
  mta = await smtpServer('', { ...more, stanzas });
  mta.remote('*').accept();
}

/** What the far sides have got, without the first `before`. */
const delivered = (before: number): string[] =>
  mta
    .remote('*')
    .deliveries.slice(before)
    .map(({ raw }) => raw!.toString('latin1'));

/** Sends a message without a socket; what the far sides of its recipients get. */
async function pass(message: string, to: readonly string[] = [TO]): Promise<string[]> {
  const before = mta.remote('*').deliveries.length;
  const outcome = await mta.smtp.send({ from: FROM, to, data: Buffer.from(message, 'latin1') });
  expect(mta.paniclog.slice(0, 3).map(({ text }) => text)).toEqual([]);
  expect(outcome).toMatchObject({ code: 250, refusal: undefined });
  await mta.clock.advance(0);
  return delivered(before);
}

/** Without the headers of these names. */
const without = ({ headers, body }: RandomMail, name: RegExp): RandomMail => ({
  headers: headers.filter((header) => !name.test(header.name)),
  body,
});

/** What is put on top, and the id that follows a date (4/config/ref-rfc-2822-trace-headers and its neighbours). */
const TRACE =
  /^Return-Path: <a@b\.example>\r\nReceived: from (?:[^\r\n]|\r\n\t)*\r\n(?<date>Date: [^\r\n]+ \+0000\r\n)?$/;
const MESSAGE_ID = /^Message-ID: <[\dA-F]{2}\.[\dA-F]{2}\.\d{5}\.[\dA-F]{8}@localhost>\r\n/m;

function expectTraced(got: string, sent: RandomMail): void {
  const has = (name: RegExp) => sent.headers.some((header) => name.test(header.name));
  expect(MESSAGE_ID.test(got)).toBe(!has(/^message-id$/i));
  const received = got.replace(MESSAGE_ID, '');
  const rest = endedWithLine(rawOf(without(sent, /^return-path$/i)));
  const at = received.length - rest.length;
  expect(received.slice(at)).toBe(rest);
  const top = TRACE.exec(received.slice(0, at));
  expect(top?.groups).toEqual({ date: has(/^date$/i) ? undefined : expect.any(String) });
}

/** Reads whatever a script can read of a message. */
const READ_ALL = {
  modules: [
    {
      name: 'reader',
      source: `require("msys.core") require("msys.extended.message") require("msys.extended.message_routing")
local mod = {}
local FIELDS = { "encoding", "boundary", "boundary_len", "preamble_len", "headers_start", "preamble_start",
  "body_start", "body_end", "epilogue_end", "next", "parts", "parent" }
local PATTERNS = { "no such text", "(?s)\\\\A.*\\\\z", "^\\\\.", "\\\\xff" }

local function search(object)
  for _, pattern in ipairs(PATTERNS) do
    object:raw_match(pattern) object:body_match(pattern) object:text_match(pattern)
  end
end

local function read(msg)
  local raw, length = msg:raw()
  if #raw ~= length then error("raw is not as long as it says") end
  msg:body() msg:text() msg:get_message_size() msg:is_mcmt()
  for _, name in ipairs({ "Subject", "X-A", "Content-Type", "Received", "Date", "Return-Path", "absent" }) do
    msg:header(name)
    for _, component in ipairs({ "all", "localpart", "user", "detail", "domain" }) do
      msg:address_header(name, component)
    end
  end
  msg:makeBoundary()
  search(msg)
  msg:text_replace("no such text", "x") msg:raw_replace("no such text", "x") msg:body_replace("no such text", "x")
  for _, readonly in ipairs({ true, false }) do
    local part = msg:mime(readonly)
    while part do
      for _, field in ipairs(FIELDS) do local _ = part[field] end
      part:header("Content-Type") part:header("X-Odd") part:address_header("From", "all")
      part:content_type() part:text()
      search(part)
      part = part.thread
    end
  end
end

for _, phase in ipairs({ "data", "data_spool", "data_spool_each_rcpt" }) do
  mod["validate_" .. phase] = function(self, msg) read(msg) ${CONT} end
end
function mod:validate_set_binding(msg) msg:header("Subject") ${CONT} end
msys.registerModule("reader", mod)`,
    },
  ],
};

describe('every message is delivered as it was sent', () => {
  test('over mta.smtp.send, but for the documented trace headers', async () => {
    await start();
    await fc.assert(
      fc.asyncProperty(mail, async (sent) => {
        const [got] = await pass(rawOf(sent));
        expectTraced(got!, sent);
      }),
      RUNS,
    );
  });

  test('byte for byte where these are switched off', async () => {
    await start(UNTOUCHED);
    await fc.assert(
      fc.asyncProperty(mail, async (sent) => {
        const message = rawOf(sent);
        expect(await pass(message, [TO, 'other@d.example'])).toEqual([message, message].map(endedWithLine));
      }),
      RUNS,
    );
  });

  test('after a policy that reads everything', async () => {
    await start(UNTOUCHED, READ_ALL);
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          mail,
          tree.map((one) => one.mail),
        ),
        async (sent) => {
          expect(await pass(rawOf(sent))).toEqual([endedWithLine(rawOf(sent))]);
        },
      ),
      RUNS,
    );
    expect([...mta.diagnostics]).toEqual([]);
    expect(mta.takeFailures()).toEqual([]);
  });

  test('through a socket, in whatever pieces, to a far side over a socket', async () => {
    const sink = await Sink.open();
    sinks.push(sink);
    await start(UNTOUCHED);
    mta.remote('*').smtp(sink.port);
    const { smtp } = await mta.listen({ smtp: 0 });
    await fc.assert(
      fc.asyncProperty(mail, fc.array(fc.integer({ min: 1, max: 40 })), async (sent, pieces) => {
        const wire = await Wire.open(smtp!.port);
        const bytes = dialogue(rawOf(sent));
        let at = 0;
        for (const size of pieces) {
          wire.write(bytes.slice(at, (at += size)));
          await new Promise((resolve) => setImmediate(resolve));
        }
        wire.end(bytes.slice(at));
        await wire.closed;
        expect(wire.codes).toEqual([220, 250, 250, 250, 354, 250, 221]);
        await mta.clock.advance(0);
        const { raw, wire: onTheWire } = sink.mails.pop()!;
        expect(raw).toBe(endedWithLine(rawOf(sent)));
        expect(`${onTheWire}.\r\n`).toBe(stuffed(rawOf(sent)));
      }),
      { ...RUNS, numRuns: 100 },
    );
    expect(sink.mails).toEqual([]);
  });

  test('lone line ends in headers become CRLF where they are to be mended, and the body stays', async () => {
    await start(`${UNTOUCHED}\nRFC2822_Lone_LF_In_Headers = "fix"`);
    const lineEnd = fc.constantFrom('\r\n', '\n', '\r\n ', '\n\t');
    const header = fc
      .array(fc.tuple(fc.constantFrom('X-A: b', 'Subject: \xff', 'c: d'), lineEnd), {
        minLength: 1,
        maxLength: 6,
      })
      .map((all) =>
        all.map(([text, end]) => text + (/\s[ \t]$/.test(end) ? `${end}folded\n` : end)).join(''),
      );
    await fc.assert(
      fc.asyncProperty(header, mail, async (headers, { body = '' }) => {
        const [got] = await pass(`${headers}\r\n${body}`);
        expect(got).toBe(endedWithLine(`${headers.replace(/\r?\n/g, '\r\n')}\r\n${body}`));
      }),
      RUNS,
    );
  });

  test.each([
    ['nothing', '', '\r\n'],
    ['an empty line', '\r\n', '\r\n'],
    ['a body behind an empty line', '\r\nno header: here\r\n', '\r\nno header: here\r\n'],
    ['a text that is no header', 'text\r\n', '\r\ntext\r\n'],
    ['two empty lines', '\r\n\r\n', '\r\n\r\n'],
  ])('without headers, where that is allowed: %s', async (_title, sent, got) => {
    await start(`${UNTOUCHED}\nRFC2822_Missing_Headers = "allow"`);
    expect(await pass(sent)).toEqual([got]);
  });

  test('mta.inject, also of a body whose last line does not end', async () => {
    const sink = await Sink.open();
    sinks.push(sink);
    await start(UNTOUCHED);
    await fc.assert(
      fc.asyncProperty(mail, async (sent) => {
        await mta.inject({ from: FROM, to: TO, data: Buffer.from(rawOf(sent), 'latin1') });
        await mta.clock.advance(0);
        expect(delivered(-1)[0]).toBe(rawOf(sent));
        mta.remote('*').once.smtp(sink.port);
        await mta.inject({ from: FROM, to: TO, data: Buffer.from(rawOf(sent), 'latin1') });
        await mta.clock.advance(0);
        expect(sink.mails.pop()!.raw).toBe(endedWithLine(rawOf(sent)));
      }),
      { ...RUNS, numRuns: 60 },
    );
  });
});

describe('a change of a header', () => {
  const MODES = ['replace', 'append', 'prepend', 'delete'] as const;
  const change = fc.record({
    mode: fc.constantFrom(...MODES),
    name: fc.constantFrom(...NAMES, 'X-New'),
    values: fc.array(fc.constantFrom('new', 'of a few words', '1'), { minLength: 1, maxLength: 3 }),
  });
  type Change = typeof change extends fc.Arbitrary<infer C> ? C : never;

  function changed({ headers, body }: RandomMail, { mode, name, values }: Change): RandomMail {
    const added = values.map((value) => ({ name, lines: `${name}: ${value}\r\n` }));
    const others = headers.filter((header) => header.name.toLowerCase() !== name.toLowerCase());
    const all = {
      replace: [...others, ...added],
      append: [...headers, ...added],
      prepend: [...added, ...headers],
      delete: others,
    };
    return { headers: all[mode], body };
  }

  const inLua = ({ mode, name, values }: Change): string => {
    const list = `{ ${values.map((value) => JSON.stringify(value)).join(', ')} }`;
    return mode === 'delete' ? `msg:header("${name}", "")` : `msg:header("${name}", ${list}, "${mode}")`;
  };

  test('concerns its bytes, and one recipient', async () => {
    await start(UNTOUCHED, policy({ 'validate_data_spool_each_rcpt(msg)': `change(msg) ${CONT}` }));
    await fc.assert(
      fc.asyncProperty(mail, fc.array(change, { minLength: 1, maxLength: 3 }), async (sent, changes) => {
        const statements = changes.map(inLua).join(' ');
        await mta.eval(
          `function change(msg) if msg:rcptto() == "${TO}" then msg:header("Subject") ${statements} end end`,
        );
        const [got, other] = await pass(rawOf(sent), [TO, 'other@d.example']);
        const expected = changes.reduce(changed, { ...sent, body: sent.body });
        const isEnded = sent.body === undefined || sent.body === '';
        expect(got).toBe(isEnded ? rawOf(expected) : endedWithLine(rawOf(expected)));
        expect(other).toBe(endedWithLine(rawOf(sent)));
      }),
      RUNS,
    );
  });
});

describe('a change of one part', () => {
  const CHANGES = {
    text: 'part:text("changed \\195\\164")',
    header: 'part:header("X-New", "changed")',
    'body_replace that takes all': 'part:body_replace("(?s)\\\\A.*\\\\z", "changed")',
    unlink: 'part:unlink()',
    addition: 'msg:makePart("text/plain", "changed"):insertAfter(part)',
  };

  test.each(Object.entries(CHANGES))('%s: the others keep their bytes', async (kind, statement) => {
    await start(UNTOUCHED, policy({ 'validate_data_spool_each_rcpt(msg)': `change(msg) ${CONT}` }));
    await fc.assert(
      fc.asyncProperty(tree, fc.nat(), async ({ mail: sent, leaves }, at) => {
        const candidates = leaves.filter(({ isText }) => isText || kind !== 'text');
        fc.pre(candidates.length > 0);
        const { start: from, end } = candidates[at % candidates.length]!;
        await mta.eval(`function change(msg)
          if msg:rcptto() ~= "${TO}" then return end
          local part = msg:mime(false)
          while part.headers_start ~= ${from} do part = part.thread end
          ${statement}
        end`);
        const message = rawOf(sent);
        const [got, other] = await pass(message, [TO, 'other@d.example']);
        // With a part goes the delimiter in front of it.
        const kept = kind === 'unlink' ? message.lastIndexOf('\r\n--', from) : from;
        expect(got!.slice(0, kept)).toBe(message.slice(0, kept));
        const rest = endedWithLine(message).slice(end);
        expect(got!.slice(-rest.length)).toBe(rest);
        expect(got!.slice(from, -rest.length)).not.toBe(message.slice(from, end));
        expect(other).toBe(endedWithLine(message));
      }),
      { ...RUNS, numRuns: 80 },
    );
  });

  test('text_replace changes the parts that match, and no others', async () => {
    await start(
      UNTOUCHED,
      policy({ 'validate_data_spool_each_rcpt(msg)': `msg:text_replace("NEEDLE", "pin") ${CONT}` }),
    );
    await fc.assert(
      fc.asyncProperty(tree, fc.nat(), async ({ mail: sent, leaves }, at) => {
        const plain = leaves.filter(({ head, isText }) => isText && !/quoted|base64/.test(head));
        const message = rawOf(sent);
        const target = plain[at % Math.max(plain.length, 1)];
        if (!target) {
          expect(await pass(message)).toEqual([endedWithLine(message)]);
          return;
        }
        const within = (text: string) =>
          `${message.slice(0, target.end)}${text}${endedWithLine(message).slice(target.end)}`;
        expect(await pass(within('NEEDLE'))).toEqual([within('pin')]);
      }),
      RUNS,
    );
  });
});
