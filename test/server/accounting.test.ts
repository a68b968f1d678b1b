import { Accounting } from '../../src/server/accounting';
import { VirtualClock } from '../../src/server/clock';
import { Logs } from '../../src/server/logs';

function accounting() {
  const clock = new VirtualClock(1_160_172_232_500);
  const logs = new Logs(clock);
  return { accounting: new Accounting(logs, clock), lines: () => logs.acctlog.map(({ text }) => text), logs };
}

const TCP = { listener: '*:2025', peer: '10.80.116.126:37164', user: 'ec_user' };
const UNIX = { listener: '/tmp/2025', user: 'ec-user' };

// The shapes of 4/4-log-formats.
test('authentication', () => {
  const { accounting: account, lines } = accounting();
  account.authentication({ ...TCP, status: 'ok' });
  account.authentication({ ...UNIX, status: 'ok' });
  account.authentication({ ...TCP, status: 'fail' });
  account.authentication({ ...TCP, status: 'error' });
  account.timeout({ ...TCP, user: '' });
  expect(lines()).toEqual([
    '1160172232@N@*:2025@10.80.116.126:37164@ec_user@1',
    '1160172232@N@/tmp/2025@@ec-user@1',
    '1160172232@N@*:2025@10.80.116.126:37164@ec_user@0',
    '1160172232@N@*:2025@10.80.116.126:37164@ec_user@0',
    '1160172232@T@*:2025@10.80.116.126:37164@@0',
  ]);
});

test('authorization', () => {
  const { accounting: account, lines, logs } = accounting();
  account.authorization({ ...UNIX, status: 'ok', command: 'summary', role: 'users' });
  account.authorization({ ...TCP, status: 'fail', command: 'shutdown' });
  account.authorization({ ...TCP, status: 'error', command: 'shutdown' });
  expect(lines()).toEqual([
    '1160172232@Z@/tmp/2025@@ec-user@1@summary@users',
    '1160172232@Z@*:2025@10.80.116.126:37164@ec_user@0@shutdown',
    '1160172232@Z@*:2025@10.80.116.126:37164@ec_user@-1@shutdown',
  ]);
  expect(logs.acctlog[0]).toMatchObject({
    type: 'Z',
    ...UNIX,
    status: 'ok',
    command: 'summary',
    role: 'users',
  });
});

test('@, backslash and control characters have a backslash before them; other bytes stay', () => {
  const { accounting: account, lines, logs } = accounting();
  account.authorization({ ...UNIX, user: 'a@b\\c', status: 'fail', command: 'x\ny\t\x7f caf\xc3\xa9' });
  expect(lines()).toEqual(['1160172232@Z@/tmp/2025@@a\\@b\\\\c@0@x\\\ny\\\t\\\x7f café']);
  expect(logs.acctlog[0]).toMatchObject({ user: 'a@b\\c', command: 'x\ny\t\x7f café' });
});
