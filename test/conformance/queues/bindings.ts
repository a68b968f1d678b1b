/** 5: bindings and their groups. */
import { Momentum, type ReceivedMessage } from '../../../src';
import {
  configured,
  DOMAIN,
  mail,
  output,
  prints,
  receiving,
  setBinding,
  withDomain,
  withHooks,
  withRecord,
  type TestRow,
} from './support';

const groupOf = (mta: Momentum, ...names: string[]) =>
  Promise.all(
    names.map(async (name) => {
      const slot = `msys.core.config_get_binding_id_from_name("${name}")`;
      return (await mta.eval(`return msys.core.config_get_binding_group(nil, ${slot})`))[0];
    }),
  );

export function bindings(row: TestRow): void {
  names(row);
  messages(row);
  groups(row);
  rebinding(row);
}

function names(row: TestRow): void {
  row('queues-5-1a', async () => {
    const mta = await configured('binding "gold" { }\nbinding "Gold" { }');
    expect(
      await mta.eval(`local id = msys.core.config_get_binding_id_from_name
        return id("gold"), id("Gold"), id("GOLD") == msys.core.EC_BINDING_SLOT_UNBOUND`),
    ).toEqual([1, 2, true]);
  });

  row('queues-5-1b', async () => {
    for (const name of ['a b', 'a:b'])
      await expect(Momentum.start({ bindings: [name] })).rejects.toThrow('without white space and colons');
    await expect(Momentum.start({ bindings: [{ name: 'a', group: 'b c' }] })).rejects.toThrow(
      'without white space',
    );
  });

  row('queues-5-1c', async () => {
    const mta = await withDomain({ active: 1 });
    expect(await output(mta, 'binding summary')).toMatch(/^Summary Statistics For Binding default\n/);
    expect(await output(mta, 'binding summary group:default')).toContain(
      'Summary Statistics For Binding default in Binding Group default\n',
    );
  });

  row('queues-5-1d', async () => {
    const mta = await withDomain({ active: 1 }, 'binding "gold" { }');
    expect(mta.domain(DOMAIN)!.messages).toMatchObject([{ binding: 'default' }]);
  });

  row('queues-5-1e', async () => {
    const reached = async (setting: string) => {
      const mta = await withDomain({ active: 1 }, `default_binding = ${setting}`);
      mta.remote(DOMAIN);
      await mta.clock.advance('1h');
      return mta.domain(DOMAIN)!.deliveries;
    };
    expect([await reached('normal'), await reached('suspended')]).toEqual([1, 0]);
    const mta = await configured('');
    expect(await output(mta, 'config eval default_binding')).toBe('Default_Binding = normal\n');
  });

  row('queues-5-1f', async () => {
    const config = 'default_binding = none\nbinding "gold" { }';
    const mta = await receiving(
      setBinding('if msg:rcptto():find("^vip") then msg:binding("gold") end'),
      config,
    );
    expect(await mta.smtp.send(mail())).toMatchObject({ code: 451 });
    expect(mta.messages).toMatchObject([{ disposition: 'rejected' }]);
    expect(await mta.smtp.send(mail(`vip@${DOMAIN}`))).toMatchObject({ code: 250 });
    expect(mta.messages[1]).toMatchObject({ disposition: 'queued', binding: 'gold' });
  });
}

/** The only message, and what scripts print, of a mail whose binding a script sets. */
async function bound(
  lua: string,
  config = '',
  more = '',
): Promise<{ message: ReceivedMessage; lines: string[] }> {
  const mta = await receiving(`${setBinding(lua)}\n${more}`, config);
  expect((await mta.smtp.send(mail())).code).toBe(250);
  return { message: mta.messages[0]!, lines: prints(mta) };
}

const GROUP = 'binding_group "metals" { binding "iron" { } }';

function messages(row: TestRow): void {
  row('queues-5-2a', async () => {
    const calls = 'print(msg:binding(), msg:binding("gold"), msg:binding("none"), msg:binding())';
    const { message, lines } = await bound(calls, 'binding "gold" { }');
    expect([message.binding, lines]).toEqual(['gold', ['nil\tgold\tnil\tgold']]);
    const other = await bound('msg:binding("none")', 'binding "gold" { }');
    expect(other.message.binding).toBe('default');
  });

  row('queues-5-2b', async () => {
    const early = `function mod:validate_data(msg) msg:binding("gold") return core.VALIDATE_CONT end`;
    const mta = await receiving(early, 'binding "gold" { }', { strict: { WRONG_PHASE: 'warn' } });
    await mta.smtp.send(mail());
    expect(mta).toHaveDiagnostic('WRONG_PHASE');
    expect((await bound('msg:binding("gold")', 'binding "gold" { }')).message.binding).toBe('gold');
  });

  row('queues-5-3a', async () => {
    const { message, lines } = await bound('print(msg:binding_group("metals"), msg:binding_group())', GROUP);
    expect([message.binding, message.bindingGroup, lines]).toEqual(['iron', 'metals', ['metals\tmetals']]);
  });

  row('queues-5-3b', async () => {
    const hook = `function mod:core_binding_group_choose_binding(msg, group)
      print(group, msg:rcptto())
      return core.config_get_binding_id_from_name("gold") end`;
    const config = `${GROUP}\nbinding "gold" { }`;
    const { message, lines } = await bound('msg:binding_group("metals")', config, hook);
    expect([message.binding, lines]).toEqual(['gold', [`metals\tyou@${DOMAIN}`]]);
  });
}

function groups(row: TestRow): void {
  row('queues-5-4', async () => {
    const mta = await configured(`
      binding_group "group1" { max_outbound_connections = 5 binding "example" { } }
      binding_group "group1" { binding "example2" { } }
      binding "alone" { }`);
    expect(await groupOf(mta, 'example', 'example2', 'alone')).toEqual(['group1', 'group1', 'default']);
    for (const binding of ['example', 'example2'])
      expect(
        await output(mta, `config eval binding_group group1 binding ${binding} max_outbound_connections`),
      ).toContain('= 5\n');
  });

  row('queues-5-5', async () => {
    // Each stanza wins over those before it.
    const stanzas = [
      'retry_interval = 1',
      'domain "example.com" { retry_interval = 2 }',
      'binding_group "g" { retry_interval = 3 binding "b" { } }',
      'binding "b" { retry_interval = 4 }',
      'binding_group "g" { domain "example.com" { retry_interval = 6 } }',
      'binding "b" { domain "example.com" { retry_interval = 7 } }',
      'binding_group "g" { binding "b" { domain "example.com" { retry_interval = 8 } } }',
    ];
    const read = async (count: number) => {
      const mta = await configured(
        `binding_group "g" { binding "b" { } }\n${stanzas.slice(0, count).join('\n')}`,
      );
      const slot = 'core.config_get_binding_id_from_name("b")';
      return withRecord(
        mta,
        `return core.config_get_binding_domain_retry_interval(nil, ${slot}, "${DOMAIN}")`,
      );
    };
    const values: unknown[] = [];
    for (let count = 1; count <= stanzas.length; count++) values.push(...(await read(count)));
    expect(values).toEqual([1, 2, 3, 4, 6, 7, 8]);
  });
}

function rebinding(row: TestRow): void {
  row('queues-5-6a', async () => {
    const mta = await withHooks(
      `require("msys.extended.message")
       function mod:validate_set_binding(msg)
         if msg:rcptto():match("^vip") then msg:binding("gold") end
         return msys.core.VALIDATE_CONT
       end
       function mod:core_post_validate_set_binding(msg) print(msg:rcptto(), msg.binding_slot) end`,
      { active: [{ to: `vip@${DOMAIN}` }, {}], delayed: [{ to: `vip2@${DOMAIN}` }] },
      'binding "gold" { }',
    );
    expect(await output(mta, 'rebind gold')).toBe('Rebound 0 messages.\n');
    expect(await output(mta, `rebind default ${DOMAIN}`)).toBe('Rebound 3 messages.\n');
    expect(mta.domain(DOMAIN)!.bindings).toEqual([
      { binding: 'default', active: 1, delayed: 0 },
      { binding: 'gold', active: 1, delayed: 1 },
    ]);
    expect(prints(mta)).toEqual([`vip@${DOMAIN}\t1`, `vip2@${DOMAIN}\t1`]);

    // Without a script that says anything, all stay where they are.
    const other = await withDomain({ active: 2, delayed: 1 }, 'binding "gold" { }');
    for (const [words, count] of [
      ['default', 3],
      ['all', 3],
      [`default ${DOMAIN}`, 3],
      ['gold', 0],
    ] as const)
      expect(await output(other, `rebind ${words}`)).toBe(`Rebound ${count} messages.\n`);
    expect(other.domain(DOMAIN)!.bindings).toEqual([{ binding: 'default', active: 2, delayed: 1 }]);
  });
}
