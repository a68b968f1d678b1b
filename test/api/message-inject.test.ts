import { PolicyFixture } from './support/policy';

let policy: PolicyFixture;
beforeEach(() => {
  policy = new PolicyFixture();
});

const sent = () => [...policy.server.messages];
const text = (index = 0) => sent()[index]!.raw!.toString('latin1');

// 4/lua/ref-msg-inject
describe('msg:inject', () => {
  test('sends the message to each of several recipients', async () => {
    policy.message.context.message.set('k', 'v');
    await policy.run('msg:inject("a@x.test", "b@y.test, <c@y.test>")');
    expect(sent()).toMatchObject([
      { from: 'a@x.test', to: 'b@y.test', origin: { method: 'internal' } },
      { from: 'a@x.test', to: 'c@y.test' },
    ]);
    expect(text()).toMatch(/Subject: hello\r\n[^]*\r\n\r\nfirst\r\nsecond\r\n$/);
    expect(sent()[0]!.context.message.get('k')).toBe('v');
    expect(policy.message).toMatchObject({ from: 'sender@example.com', to: 'jo@Example.NET' });
  });

  test('sends what a script has made', async () => {
    await policy.run(
      'local new = core.ec_message_new(nil) new:raw("Subject: new\\r\\n\\r\\nx\\r\\n") new:inject("", "b@y.test")',
    );
    expect(sent()).toMatchObject([{ from: '', to: 'b@y.test' }]);
    expect(text()).toContain('Subject: new\r\n');
  });

  test.each([
    ['msg:inject("a@x.test", " , ")', "bad argument #2 to 'inject' (an address expected)"],
    ['msg:inject("a@x.test\\r\\n", "b@y.test")', 'a line end would end the header'],
    ['core.ec_message_new(nil):inject("a@x.test", "b@y.test")', 'msg:inject: the message is empty'],
  ])('%s raises', async (lua, message) => {
    await expect(policy.run(lua)).rejects.toThrow(message);
    expect(sent()).toEqual([]);
  });
});

// 4/lua/ref-msg-forward
describe('msg:forward', () => {
  test('attaches the message to a new one', async () => {
    await policy.run('msg:forward("a@x.test", "b@y.test,c@y.test", "look at this", "Fwd")');
    expect(sent()).toMatchObject([{ from: 'a@x.test', to: 'b@y.test' }, { to: 'c@y.test' }]);
    const original = policy.message.content!.raw.toString('latin1');
    for (const piece of [
      'From: <a@x.test>\r\nTo: <b@y.test>,\r\n <c@y.test>\r\nSubject: Fwd\r\n',
      'Content-Type: text/plain; charset="us-ascii"\r\nContent-Transfer-Encoding: 7bit\r\n\r\nlook at this\r\n--',
      `Content-Type: message/rfc822\r\nContent-Transfer-Encoding: 7bit\r\nContent-Disposition: attachment\r\n\r\n${original}\r\n--`,
    ])
      expect(text()).toContain(piece);
  });

  test('says what the text is coded in', async () => {
    policy.message.content!.headers.prependLines('X-Eight: \xe9\r\n');
    await policy.run('msg:forward("a@x.test", "b@y.test", "caf\\195\\169", nil, "utf-8")');
    expect(text()).toContain(
      'Content-Type: text/plain; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\ncaf=C3=A9',
    );
    expect(text()).toContain('Content-Type: message/rfc822\r\nContent-Transfer-Encoding: 8bit\r\n');
    expect(text()).not.toContain('Subject: Fwd');
  });

  test.each([
    [
      'msg:forward("a@x.test", "b@y.test", "\\195\\169")',
      'the character set of a text that is not ASCII expected',
    ],
    ['msg:forward("a@x.test", "b@y.test", "x", "a\\nb")', 'bad argument #4'],
    ['msg:forward("a@x.test", "", "x")', 'an address expected'],
  ])('%s raises', async (lua, message) => {
    await expect(policy.run(lua)).rejects.toThrow(message);
    expect(sent()).toEqual([]);
  });
});
