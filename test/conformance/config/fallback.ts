import { expectConfig, expectOutputs, outputs, withConfig, type TestRow } from './support';

/** Every level has a value of its own; `unset` takes the most specific one away. */
const LEVELS = `
message_expiration = 1
domain "a.test" { message_expiration = 2 }
binding "alone" { message_expiration = 3 domain "a.test" { message_expiration = 4 } }
binding_group "g" {
  domain "a.test" { message_expiration = 5 }
  binding "b" { message_expiration = 6 domain "a.test" { message_expiration = 7 } }
}`;
const GROUPED = 'binding_group g binding b domain a.test';

/** Of the value that counts in a scope, after some have been unset. */
const falls = (id: string, row: TestRow, scope: string, unset: readonly string[], value: number) =>
  row(id, async () => {
    const mta = await withConfig(LEVELS);
    await outputs(mta, ...unset.map((path) => `config unset ${path} message_expiration`));
    await expectOutputs(mta, {
      [`config eval ${scope} message_expiration`]: `Message_Expiration = ${value}`,
    });
  });

/** 2. Fallback. */
export function fallback(row: TestRow): void {
  falls('config-2-2', row, GROUPED, [], 7);
  falls('config-2-3', row, 'binding alone domain a.test', [], 4);
  falls('config-2-4', row, GROUPED, [GROUPED], 5);
  falls('config-2-5', row, GROUPED, [GROUPED, 'binding_group g domain a.test'], 6);
  falls(
    'config-2-6',
    row,
    'binding alone domain a.test',
    ['binding alone domain a.test', 'binding alone'],
    2,
  );
  row('config-2-7', async () => {
    const mta = await withConfig(LEVELS.replace('= 1\n', '= 900\n'));
    const line = 'config eval domain other.test message_expiration';
    await expectOutputs(mta, {
      [line]: 'Message_Expiration = 900',
      'config unset message_expiration':
        '"Message_Expiration" has been unset. Effective value is now:\n        Message_Expiration = 86400',
    });
    await expectOutputs(mta, { [line]: 'Message_Expiration = 86400' });
  });
  row('config-2-p8', async () => {
    // The example of the page.
    const mta = await withConfig(`
      max_outbound_connections = 30
      binding_group "group1" {
        max_outbound_connections = 5
        binding "example" {
          bind_address = 10.10.10.10
          max_outbound_connections = 15
          domain "example.com" { }
        }
      }`);
    const line =
      'config eval binding_group group1 binding example domain example.com max_outbound_connections';
    await expectOutputs(mta, { [line]: 'Max_Outbound_Connections = 15' });
    await mta.console('config unset binding_group group1 binding example max_outbound_connections');
    await expectOutputs(mta, { [line]: 'Max_Outbound_Connections = 5' });
  });
  hosts(row);
  throttles(row);
  patterns(row);
}

function hosts(row: TestRow): void {
  row('config-2-p9a', () =>
    expectConfig('Max_Outbound_Connections = 32\nhost "example.com" {}', {
      'config eval max_outbound_connections': 'Max_Outbound_Connections = 32',
      'config eval host example.com max_outbound_connections': 'Max_Outbound_Connections = -1',
    }),
  );
  row('config-2-p9d', async () => {
    const at = (scope: string) => `${scope} host mx.test`;
    const chain = [at('binding_group g binding b'), at('binding_group g'), at('binding b'), 'host mx.test'];
    const mta = await withConfig(
      'outbound_throttle_messages = "1"\nbinding_group "g" { binding "b" { } } binding "b" { }',
    );
    for (const [i, scope] of chain.entries())
      await mta.console(`config set ${scope} outbound_throttle_messages ${i + 10}`);
    const evaluated: string[] = [];
    for (const scope of chain) {
      evaluated.push(...(await outputs(mta, `config eval ${chain[0]!} outbound_throttle_messages`)));
      await mta.console(`config unset ${scope} outbound_throttle_messages`);
    }
    expect(evaluated).toEqual([10, 11, 12, 13].map((value) => `Outbound_Throttle_Messages = ${value}\n`));
    expect(await mta.console(`config eval ${chain[0]!} outbound_throttle_messages`)).toMatchObject({
      status: 'FAILED',
      output:
        "Option 'Outbound_Throttle_Messages' is not set in scope 'Binding_Group:g:Binding:b:Host:mx.test:'.\n",
    });
  });
}

/** How many of eight messages for each of three scopes go out in the first second, and then. */
async function delivered(own: string): Promise<number[]> {
  const mta = await withConfig(
    `binding_group "mygroup" {
       Outbound_Throttle_Messages = "10"
       binding "mybinding1" { ${own} }
       binding "mybinding2" { ${own} }
       domain "mydomain1" { ${own} }
     }`,
    {
      domains: {
        'a.test': { active: [...messages('mybinding1'), ...messages('mybinding2')] },
        mydomain1: { active: messages('mybinding1') },
      },
    },
  );
  const remote = mta.remote('*').accept();
  await mta.clock.advance(0);
  const atOnce = remote.deliveries.length;
  await mta.clock.advance('5s');
  return [atOnce, remote.deliveries.length];
}

const messages = (binding: string) => Array.from({ length: 8 }, () => ({ binding }));

function throttles(row: TestRow): void {
  row('config-2-p9b', async () => {
    expect(await delivered('')).toEqual([10, 24]);
  });
  row('config-2-p9c', async () => {
    expect(await delivered('outbound_throttle_messages = "10"')).toEqual([24, 24]);
  });
}

function patterns(row: TestRow): void {
  const sample = `
    domain "/(?:^|[.])example[.](?:com|co[.]uk)$/" { max_outbound_connections = 15 max_deliveries_per_connection = 5 }
    domain "example.com" { max_outbound_connections = 20 }`;
  row('config-2-p9e', () =>
    expectConfig(sample, {
      'config eval domain example.com max_outbound_connections': 'Max_Outbound_Connections = 20',
      'config eval domain example.com max_deliveries_per_connection': 'Max_Deliveries_Per_Connection = 5',
      'config eval domain example.co.uk max_outbound_connections': 'Max_Outbound_Connections = 15',
      'config eval domain sub.example.com max_outbound_connections': 'Max_Outbound_Connections = 15',
      'config eval domain badexample.com max_outbound_connections': 'Max_Outbound_Connections = 32',
    }),
  );
  row('config-2-p9f', () =>
    expectConfig(
      'domain "/^mail/" { max_retries = 1 } domain "/test$/" { max_retries = 2 retry_interval = 5 }',
      {
        'config eval domain mail.test max_retries': 'Max_Retries = 1',
        'config eval domain mail.test retry_interval': 'Retry_Interval = 5',
        'config eval domain www.test max_retries': 'Max_Retries = 2',
      },
    ),
  );
}
