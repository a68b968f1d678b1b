import { spawnSync } from 'node:child_process';
import { counterpart } from '../helpers/counterparts';
import { lua } from './support';

const SOURCE = `
local lines = {}
for time = 1577836800, 1609459200, 86400 * 9 + 5000 do
  local t = os.date('*t', time)
  local isdst = t.isdst
  t.isdst = nil
  lines[#lines + 1] = table.concat({ os.date('%F %T %z %s %V %j', time), tostring(isdst), os.time(t) == time and 'same' or 'other', os.date('!%T %Z %z', time) }, ' ')
  t.isdst = not isdst
  lines[#lines + 1] = os.time(t) - time
end
return table.concat(lines, '\\n')`;

const ZONES = ['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Sydney', 'UTC'];

const compare = counterpart('lua5.1');
for (const timezone of ZONES)
  compare(`${timezone}: a year as lua5.1 sees it`, () => {
    const [ours] = lua({}, { timezone }).run(SOURCE);
    const { stdout } = spawnSync('lua5.1', ['-e', `print((function() ${SOURCE} end)())`], {
      env: { TZ: timezone, LC_ALL: 'C' },
    });
    expect(`${String(ours)}\n`).toBe(stdout.toString());
  });

test.each<[timezone: string | undefined, date: string, isdst: boolean]>([
  ['Europe/Berlin', '2020-07-01 14:00:00 +0200 CEST', true],
  ['America/New_York', '2020-07-01 08:00:00 -0400 EDT', true],
  ['Asia/Kolkata', '2020-07-01 17:30:00 +0530 +0530', false],
  ['America/Sao_Paulo', '2020-07-01 09:00:00 -0300 -03', false],
  ['UTC', '2020-07-01 12:00:00 +0000 UTC', false],
  [undefined, '2020-07-01 12:00:00 +0000 UTC', false],
])('%s', (timezone, date, isdst) => {
  const { run } = lua({}, { timezone });
  expect(run('return os.date("%F %T %z %Z", 1593604800), os.date("*t", 1593604800).isdst')).toEqual([
    date,
    isdst,
  ]);
  expect(
    run(
      'return os.time({ year = 2020, month = 7, day = 1, hour = 0 }) - os.time({ year = 2020, month = 1, day = 1, hour = 0 })',
    ),
  ).toEqual([182 * 86400 - (isdst ? 3600 : 0)]);
});

test('beyond JavaScript’s dates a zone stays as it is', () => {
  const { run } = lua({}, { timezone: 'Asia/Kolkata' });
  expect(run('return os.date("%z", 1e15), os.date("%Y %z", -8.64e12 - 1e6)')).toEqual([
    '+0530',
    expect.any(String),
  ]);
});
