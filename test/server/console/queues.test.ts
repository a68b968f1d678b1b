import { domainRow, totalsRow } from '../../../src/server/console/builtin/layout';
import { builtinConsole } from './support';

/** The samples of 4/console-commands/active, delayed and domain-all. */
test.each([
  [
    domainRow('earthlink.com', { connections: 60, active: 315, delayed: 192, delivered: 1957 }),
    'Domain:                  earthlink.com  C: 60  A:    315  D:   192  S:  1957\n',
  ],
  [
    totalsRow(`${'Total:'.padStart(38)}  `, {
      connections: 616,
      active: 22965,
      delayed: 34427,
      delivered: 1954767,
    }),
    '                                Total:  C: 616  A:  22965  D: 34427  S:1954767\n',
  ],
  [
    totalsRow('Totals: ', { connections: 1, active: 1, delayed: 8, delivered: 1 }),
    'Totals: C:   1  A:      1  D:     8  S:     1\n',
  ],
])('the documented row %#', (row, documented) => {
  expect(row).toBe(documented);
});

const domains = {
  'c4.com': { active: 3, deliveries: 47 },
  'dellnet.com': { active: [{ binding: 'gold' }, {}], delayed: [{ binding: 'gold' }], deliveries: 1540 },
  'sina.com': { delayed: 2 },
};
const newConsole = () => builtinConsole({ bindings: ['gold'], domains });

test('active: domains beyond the threshold, totals of all', async () => {
  const result = await newConsole().run('active 2');
  expect(result.output).toMatchInlineSnapshot(`
   "Domain:                         c4.com  C:  0  A:      3  D:     0  S:    47
                                   Total:  C:   0  A:      5  D:     3  S:  1587
   "
  `);
  expect(result.data).toMatchInlineSnapshot(`
   {
     "domains": [
       {
         "active": 3,
         "connections": 0,
         "delayed": 0,
         "delivered": 47,
         "domain": "c4.com",
       },
     ],
     "totals": {
       "active": 5,
       "connections": 0,
       "delayed": 3,
       "delivered": 1587,
     },
   }
  `);
});

test.each([
  ['active 1', ['c4.com', 'dellnet.com']],
  ['active 0', ['c4.com', 'dellnet.com']],
  ['active 3', []],
  ['delayed 0', ['dellnet.com', 'sina.com']],
  ['delayed 1', ['sina.com']],
  ['binding active gold 0', ['dellnet.com']],
  ['binding delayed gold 0', ['dellnet.com']],
  ['binding delayed default 0', ['sina.com']],
])('%s lists %j', async (line, names) => {
  const { data } = await newConsole().run(line);
  expect((data as { domains: { domain: string }[] }).domains.map(({ domain }) => domain)).toEqual(names);
});

test('binding active: figures of the binding alone', async () => {
  const { server, run } = newConsole();
  server.delivery.remotes.of('dellnet.com');
  await server.clock.advance(0);
  server.domains.enqueue('dellnet.com', { binding: 'gold', nextAttempt: new Date('2026-01-02') });
  expect((await run('binding active gold 0')).output).toMatchInlineSnapshot(`
   "Domain:                    dellnet.com  C:  1  A:      1  D:     1  S:     1
                                   Total:  C:   1  A:      1  D:     1  S:     1
   "
  `);
});

test.each(['domain all', 'domains'])('%s', async (line) => {
  const result = await newConsole().run(line);
  expect(result.output).toBe(
    [
      'Domain summary:',
      'Domain:                         c4.com  C:  0  A:      3  D:     0  S:    47',
      'Domain:                    dellnet.com  C:  0  A:      2  D:     1  S:  1540',
      'Domain:                       sina.com  C:  0  A:      0  D:     2  S:     0',
      'Totals: C:   0  A:      5  D:     3  S:  1587',
      '',
    ].join('\n'),
  );
  expect(result.data).toMatchObject({ totals: { connections: 0, active: 5, delayed: 3, delivered: 1587 } });
});

test('domains are listed by name', async () => {
  const { run } = builtinConsole({ domains: ['z.test', 'b.test', 'a.test', 'm.test'] });
  const { domains } = (await run('domain all')).data as { domains: { domain: string }[] };
  expect(domains.map(({ domain }) => domain)).toEqual(['a.test', 'b.test', 'm.test', 'z.test']);
});

test('over XML', async () => {
  expect((await newConsole().run('xml active 2')).output).toMatchInlineSnapshot(`
   "<Active><Domains><Item><Domain>c4.com</Domain><Connections>0</Connections><Active>3</Active><Delayed>0</Delayed><Delivered>47</Delivered></Item></Domains><Totals><Connections>0</Connections><Active>5</Active><Delayed>3</Delayed><Delivered>1587</Delivered></Totals></Active>
   "
  `);
});

test.each([
  ['active', 'Too few arguments'],
  ['active many', "threshold: a whole number from 0 expected, not 'many'"],
  ['active -1', "threshold: a whole number from 0 expected, not '-1'"],
  ['delayed 1 2', 'Unexpected argument: 2'],
  ['binding active gold', 'Too few arguments'],
  ['binding active silver 1', 'Unknown binding: silver'],
  ['domain all of them', 'Unexpected argument: of'],
])('%s is refused', async (line, text) => {
  const result = await newConsole().run(line);
  expect(result.status).toBe('FAILED');
  expect(result.lines[0]).toBe(text);
  expect(result.lines[1]).toMatch(/^Usage: /);
});

describe('mailq', () => {
  const filled = () =>
    builtinConsole({
      bindings: [{ name: 'silver', group: 'metals' }, 'gmail', { name: 'gold', group: 'metals' }],
      domains: {
        'yahoo.com': { active: 11 },
        'gmail.com': {
          active: [{ binding: 'gmail' }, { binding: 'gmail' }, { binding: 'gold' }],
          delayed: [{ binding: 'gmail' }, { binding: 'silver' }],
        },
      },
    });

  test('by binding groups and bindings in the order of their definition', async () => {
    const result = await filled().run('mailq');
    expect(result.output).toMatchInlineSnapshot(`
     "Group/Binding                                       Domain      AQ      DQ
     --------------------------------------------------------------------------
     default/default                                  yahoo.com      11       0
     default/gmail                                    gmail.com       2       1
     metals/silver                                    gmail.com       0       1
     metals/gold                                      gmail.com       1       0
     "
    `);
    expect((result.data as { QueueSummary: object[] }).QueueSummary[1]).toMatchInlineSnapshot(`
     {
       "aq": 2,
       "binding": "gmail",
       "deliveries": 0,
       "domain": "gmail.com",
       "dq": 1,
       "group": "default",
       "permfails": 0,
       "receptions": 0,
       "transfails": 0,
     }
    `);
  });

  test.each([
    ['mailq -d GMAIL.com', ['default/gmail', 'metals/silver', 'metals/gold']],
    [
      'mailq --domain gmail.com -d yahoo.com',
      ['default/default', 'default/gmail', 'metals/silver', 'metals/gold'],
    ],
    ['mailq -b gold --binding silver', ['metals/silver', 'metals/gold']],
    ['mailq --limit 1', ['default/default']],
    ['mailq -l 2 -d gmail.com', ['default/gmail', 'metals/gold']],
    ['mailq -d none.com', []],
  ])('%s', async (line, bindings) => {
    const { lines } = await filled().run(line);
    expect(lines.slice(2).map((row) => row.split(' ')[0])).toEqual(bindings);
  });

  test('20 rows unless said otherwise, those with the longest queues', async () => {
    const many = Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`d${i}.test`, { active: i + 1 }]));
    const { run } = builtinConsole({ domains: many });
    const rows = (await run('mailq')).lines.slice(2);
    expect(rows).toHaveLength(20);
    expect(rows[0]).toMatch(/ d24\.test +25 +0$/);
    expect(rows[19]).toMatch(/ d5\.test +6 +0$/);
  });

  test('a queue that is empty again is still there', async () => {
    const { server, run } = builtinConsole({ domains: { 'a.test': { active: 1 } } });
    server.delivery.remotes.of('a.test');
    await server.clock.advance(0);
    expect((await run('mailq')).data).toMatchObject({ QueueSummary: [{ aq: 0, dq: 0, deliveries: 1 }] });
  });

  test('long names take from the blanks', async () => {
    const name = 'a-binding-of-rather-many-letters';
    const { run } = builtinConsole({
      bindings: [name],
      domains: { 'a.test': { active: [{ binding: name }] } },
    });
    const { lines } = await run('mailq');
    expect(lines[2]).toBe(`default/${name}            a.test       1       0`);
    expect(lines[2]).toHaveLength(lines[0]!.length);
  });

  test.each([
    ['mailq gmail.com', 'Unexpected argument: gmail.com'],
    ['mailq -d', '-d takes a value'],
    ['mailq -l 0', "limit: a whole number from 1 expected, not '0'"],
    ['mailq -b none', 'Unknown binding: none'],
  ])('%s is refused', async (line, text) => {
    const result = await filled().run(line);
    expect([result.status, result.lines[0]]).toEqual(['FAILED', text]);
  });
});
