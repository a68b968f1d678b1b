import { Momentum, StrictViolation, type MomentumOptions } from '../../src';

/** One module for each body, in their order. */
const modules = (...bodies: string[]): MomentumOptions => ({
  modules: bodies.map((body, index) => ({
    name: `mod${index + 1}`,
    source: `require("msys.core") require("msys.extended.message") require("msys.extended.vctx")
      local core, mod = msys.core, {}
      ${body}
      msys.registerModule("mod${index + 1}", mod)`,
  })),
});
const start = (...bodies: string[]) => Momentum.start(modules(...bodies));

const MAIL = { from: 'me@example.com', to: 'you@example.org', data: 'Subject: hello\r\n\r\nbody\r\n' };
const prints = (mta: Momentum) =>
  mta.paniclog.filter(({ subsystem }) => subsystem === 'scriptlet').map(({ message }) => message);

const CALLOUTS = [
  ['connect', 'accept, vctx'],
  ['ehlo', 'str, accept, vctx'],
  ['mailfrom', 'str, accept, vctx'],
  ['rcptto', 'msg, str, accept, vctx'],
  ['rcptto_list', 'node, vctx'],
  ['rcptto_list_final', 'node, vctx'],
  ['data', 'msg, accept, vctx'],
  ['data_spool', 'msg, accept, vctx'],
  ['data_spool_each_rcpt', 'msg, accept, vctx'],
  ['set_binding', 'msg'],
] as const;

test('every callout gets its arguments', async () => {
  const mta = await start(
    CALLOUTS.map(
      ([phase, parameters]) => `function mod:validate_${phase}(${parameters}, ...)
        local types = {}
        for _, value in ipairs({ ${parameters} }) do types[#types + 1] = msys.type(value):gsub("msys.core:_", "") .. "" end
        print("${phase}", table.concat(types, " "), select("#", ...))
        return core.VALIDATE_CONT
      end`,
    ).join('\n'),
  );
  await mta.smtp.send(MAIL);
  const message = 'ec_message accept_construct validate_context';
  expect(prints(mta)).toEqual([
    'connect\taccept_construct validate_context\t0',
    'ehlo\tec_string accept_construct validate_context\t0',
    'mailfrom\tec_string accept_construct validate_context\t0',
    'rcptto\tec_message ec_string accept_construct validate_context\t0',
    'rcptto_list\teclist_node validate_context\t0',
    'rcptto_list_final\teclist_node validate_context\t0',
    `data\t${message}\t0`,
    `data_spool\t${message}\t0`,
    `data_spool_each_rcpt\t${message}\t0`,
    'set_binding\tec_message\t0',
  ]);
  await mta.stop();
});

test('the command lines: complete, with the line end for EHLO alone', async () => {
  const mta = await start(
    ['ehlo(str)', 'mailfrom(str)', 'rcptto(msg, str)']
      .map(
        (head) =>
          `function mod:validate_${head} print(string.format("%q", tostring(str))) return core.VALIDATE_CONT end`,
      )
      .join('\n'),
  );
  await mta.smtp.send({ ...MAIL, ehlo: 'client.example.com' });
  expect(prints(mta)).toEqual([
    '"EHLO client.example.com\\r\\\n"',
    '"MAIL FROM:<me@example.com>"',
    '"RCPT TO:<you@example.org>"',
  ]);
  await mta.stop();
});

describe('self', () => {
  test('is a table of the session, from the first callout to validate_dealloc', async () => {
    const mta = await start(`
      mod.greeting = "hello"
      function mod:validate_connect() self.count = 1 return core.VALIDATE_CONT end
      function mod:validate_mailfrom() self.count = self.count + 1 return core.VALIDATE_CONT end
      function mod:core_final_validation() self.count = self.count + 1 end
      function mod:validate_set_binding() print("set_binding", self.count, self.greeting) return core.VALIDATE_CONT end
      function mod:validate_dealloc() print("dealloc", self.count, self.greeting, mod.count) end`);
    await mta.smtp.send(MAIL);
    await mta.smtp.send(MAIL);
    const lines = ['set_binding\tnil\thello', 'dealloc\t3\thello\tnil'];
    expect(prints(mta)).toEqual([...lines, ...lines]);
    await mta.stop();
  });

  test('can be wiped without harm to the module', async () => {
    const mta = await start(`
      function mod:validate_connect() self.mine = 1 return core.VALIDATE_CONT end
      function mod:helper() return self.mine end
      function mod:validate_ehlo()
        for key in pairs(self) do self[key] = nil end
        print(self:helper(), self.validate_connect ~= nil)
        return core.VALIDATE_CONT
      end`);
    await mta.smtp.send(MAIL);
    await mta.smtp.send(MAIL);
    expect(prints(mta)).toEqual(['nil\ttrue', 'nil\ttrue']);
    await mta.stop();
  });

  test('of two sessions are two', async () => {
    const mta = await start(`
      function mod:validate_ehlo(str) self.name = tostring(str):match("EHLO (%S+)") return core.VALIDATE_CONT end
      function mod:validate_mailfrom() print(self.name) return core.VALIDATE_CONT end`);
    const [one, two] = [mta.smtp.session(), mta.smtp.session()];
    for (const [session, name] of [
      [one, 'one'],
      [two, 'two'],
    ] as const)
      await session.ehlo(name);
    for (const session of [one, two]) await session.mail('me@example.com');
    expect(prints(mta)).toEqual(['one', 'two']);
    await mta.stop();
  });

  test('validate_dealloc is not called for modules that nothing ran of', async () => {
    const mta = await start(
      `function mod:validate_dealloc() print("never") end`,
      `function mod:validate_connect() return core.VALIDATE_CONT end
       function mod:validate_dealloc() print("called") end`,
    );
    await mta.smtp.send(MAIL);
    expect(prints(mta)).toEqual(['called']);
    await mta.stop();
  });
});

describe('results', () => {
  const saying = (name: string, result: string) =>
    `function mod:validate_ehlo() print("${name}") return ${result} end
     function mod:validate_mailfrom() print("${name} mailfrom") return core.VALIDATE_CONT end`;

  test('VALIDATE_DONE skips the callouts of other modules in the same phase', async () => {
    const mta = await start(saying('one', 'core.VALIDATE_DONE'), saying('two', 'core.VALIDATE_CONT'));
    expect(await mta.smtp.send(MAIL)).toMatchObject({ code: 250 });
    expect(prints(mta)).toEqual(['one', 'one mailfrom', 'two mailfrom']);
    await mta.stop();
  });

  test('VALIDATE_AGAIN has the callout called again', async () => {
    const mta = await start(`
      function mod:validate_data(msg, accept, vctx)
        self.calls = (self.calls or 0) + 1
        if self.calls < 3 then return core.VALIDATE_AGAIN end
        vctx:set(core.VCTX_MESS, "calls", self.calls)
        return core.VALIDATE_CONT
      end`);
    await mta.smtp.send(MAIL);
    expect(mta.messages[0]!.context.message.calls).toBe('3');
    await mta.stop();
  });

  test('VALIDATE_AGAIN without end is given up, and a violation', async () => {
    const mta = await start(`function mod:validate_ehlo() return core.VALIDATE_AGAIN end`);
    expect(await mta.smtp.send(MAIL)).toMatchObject({ code: 250 });
    const [failure] = mta.takeFailures();
    expect(failure).toBeInstanceOf(StrictViolation);
    expect(failure!.message).toContain('returned msys.core.VALIDATE_AGAIN 1000 times in a row');
    await mta.stop();
  });

  test.each([
    ['', 'returned nothing'],
    ['return', 'returned nothing'],
    ['return 17', 'returned 17'],
    ['return true', 'returned true'],
  ])('"%s" is none: two lines in the paniclog, a violation, and mail goes on', async (body, said) => {
    const mta = await start(
      `function mod:validate_ehlo() ${body} end`,
      `function mod:validate_ehlo() print("next") return core.VALIDATE_CONT end`,
    );
    expect(await mta.smtp.send(MAIL)).toMatchObject({ code: 250 });
    const failures = mta.takeFailures();
    expect(failures).toHaveLength(1);
    expect(failures[0]!.message).toContain(`validate_ehlo() of module mod1 ${said}; one of`);
    const time = mta.clock.seconds();
    expect(mta.paniclog.map(({ text }) => text)).toEqual([
      `${time}:scriptlet-00147: validate_ehlo error: (null)`,
      `${time}:scriptlet-00239: mod1 error: (null)`,
      `${time}:scriptlet: next`,
    ]);
    expect([...mta.diagnostics].map(({ code }) => code)).toEqual(['VALIDATE_RESULT']);
    await mta.stop();
  });

  test('validate_set_binding must not ask to be called again', async () => {
    const mta = await start(`function mod:validate_set_binding() return core.VALIDATE_AGAIN end`);
    expect(await mta.smtp.send(MAIL)).toMatchObject({ code: 250 });
    expect(mta.takeFailures()[0]!.message).toContain(
      'one of msys.core.VALIDATE_CONT, msys.core.VALIDATE_DONE is expected',
    );
    await mta.stop();
  });
});

describe('an error in a callout', () => {
  test('ends the session with 421; the paniclog has the lines and the traceback', async () => {
    const mta = await start(
      `function mod:validate_mailfrom() error("broken") end`,
      `function mod:validate_mailfrom() print("never") return core.VALIDATE_CONT end`,
    );
    const sent = await mta.smtp.send(MAIL);
    expect(sent).toMatchObject({ code: 421, text: '4.4.5 Service unavailable', disconnected: true });
    const [first, second, third] = mta.paniclog;
    expect(first!.message).toBe('validate_mailfrom error: (null)');
    expect(second!.message).toBe('mod1 error: (null)');
    expect(third!.message).toMatch(/broken\nstack traceback:/);
    expect(mta.paniclog).toHaveLength(3);
    expect(mta.messages).toHaveLength(0);
    await mta.stop();
  });

  test('in set_binding refuses the message', async () => {
    const mta = await start(`function mod:validate_set_binding() error("broken") end`);
    expect(await mta.smtp.send(MAIL)).toMatchObject({ code: 421, disconnected: true });
    expect(mta.messages[0]).toMatchObject({
      disposition: 'rejected',
      reason: '421 4.4.5 Service unavailable',
    });
    expect(mta.takeFailures()).toHaveLength(1);
    await mta.stop();
  });

  test('in a hook counts as no answer', async () => {
    const mta = await start(
      `function mod:core_final_validation2() error("broken") end`,
      `function mod:core_final_validation2() return core.EC_HOOK_DONE end`,
    );
    expect(await mta.smtp.send(MAIL)).toMatchObject({
      code: 550,
      text: '5.7.0 [internal] rejected by policy',
    });
    expect(mta.takeFailures()).toHaveLength(1);
    await mta.stop();
  });

  test('that takes the server down rejects the call', async () => {
    const mta = await start(
      `function mod:validate_data(msg) msys.cast(msg, "msys.core:_accept_construct") end`,
    );
    await expect(mta.smtp.send(MAIL)).rejects.toThrow('takes the server down');
    expect(mta.crashed).toBeDefined();
    await mta.stop();
  });
});

test('a callout that waits holds the session', async () => {
  const mta = await start(`
    function mod:validate_data(msg, accept, vctx)
      msys.sleep(1)
      vctx:set(core.VCTX_MESS, "waited", "yes")
      return core.VALIDATE_CONT
    end`);
  const sending = mta.smtp.send(MAIL);
  while (mta.clock.pending.length === 0) await new Promise((resolve) => setImmediate(resolve));
  expect(mta.messages).toHaveLength(0);
  await mta.clock.advance('1s');
  expect(await sending).toMatchObject({ code: 250 });
  expect(mta.messages[0]!.context.message.waited).toBe('yes');
  await mta.stop();
});

test.each(['__bypass_mod1', '__bypass_scriptlet'])('%s in the context skips a module', async (key) => {
  const callouts = `function mod:validate_mailfrom() print("mod1") return core.VALIDATE_CONT end`;
  const other = `function mod:validate_mailfrom() print("mod2") return core.VALIDATE_CONT end`;
  const mta = await Momentum.start({
    ...modules(callouts, other),
    config: {
      text: `scriptlet "scriptlet" { } alerting { }
        ESMTP_Listener { Open_Relay = true Listen ":25" { context = [ ${key} = "true" ] } }`,
    },
  });
  await mta.smtp.send(MAIL);
  expect(prints(mta)).toEqual(key.endsWith('mod1') ? ['mod2'] : []);
  await mta.stop();
});

test('the variables of the session are in both dictionaries of the message', async () => {
  const mta = await start(`
    function mod:validate_connect(accept, vctx) vctx:set(core.VCTX_CONN, "a", "1") return core.VALIDATE_CONT end
    function mod:validate_data(msg, accept, vctx)
      vctx:set(core.VCTX_MESS, "b", "2")
      print(msg:context_get(core.ECMESS_CTX_MESS, "b"), msg:context_get(core.ECMESS_CTX_CONN, "a"))
      return core.VALIDATE_CONT
    end
    function mod:validate_set_binding(msg)
      print(msg:context_get(core.ECMESS_CTX_MESS, "b"), msg:context_get(core.ECMESS_CTX_CONN, "a"))
      return core.VALIDATE_CONT
    end`);
  await mta.smtp.send(MAIL);
  expect(prints(mta)).toEqual(['2\t1', '2\t1']);
  expect(mta.messages[0]!.context).toMatchObject({ message: { b: '2' }, connection: { a: '1' } });
  await mta.stop();
});

test('M= of the rejectlog is the module of the product that ran the script', async () => {
  const mta = await start(`
    function mod:validate_mailfrom(str, accept, vctx)
      vctx:set_code("550", "relaying denied")
      return core.VALIDATE_DONE
    end`);
  const sent = await mta.smtp.send({ ...MAIL, from: '', ehlo: 'rh52-node1', peer: '10.79.25.142' });
  expect(sent).toMatchObject({ code: 550, text: 'relaying denied' });
  expect(mta.rejectlog).toHaveLength(1);
  const { text, connectionId } = mta.rejectlog[0]!;
  expect(text).toMatch(
    new RegExp(
      `^${mta.clock.seconds()}: R="10\\.79\\.25\\.142:\\d+" L="[^"]+" C="${String(connectionId)}" PATH="default" PATH_GRP="default" ` +
        'P="awaiting mailfrom" E=550 M=scriptlet ' +
        'CTXCONN=\\[pathway=default,ehlo_string="EHLO rh52-node1",ehlo_domain=rh52-node1\\] ' +
        'CTXMESS=\\[mailfrom_string="MAIL FROM:<>",mailfrom_localpart=,mailfrom_domain=\\] relaying denied$',
    ),
  );
  await mta.stop();
});

test('a session stays with the scripts that it began with', async () => {
  const mta = await start(`
    function mod:validate_connect() self.here = "yes" return core.VALIDATE_CONT end
    function mod:validate_dealloc() print("dealloc", self.here) end`);
  const session = mta.smtp.session();
  await session.ehlo('me');
  await mta.reload();
  expect(await session.mail('me@example.com')).toMatchObject({
    code: 421,
    text: '4.3.2 Reconfiguration in progress',
  });
  await session.quit().catch(() => undefined);
  expect(prints(mta)).toEqual(['dealloc\tyes']);
  await mta.stop();
});
