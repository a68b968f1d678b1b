import { InboundAudit, InboundSessions } from '../../src/server/audit-inbound';
import { VirtualClock } from '../../src/server/clock';

test('monitors of a new configuration: those that remain keep their counts', () => {
  const audit = new InboundAudit(new VirtualClock(0));
  audit.configure(['60,2', '300,6']);
  audit.record('receptions', '192.0.2.1');
  audit.configure(['60,2', '1800,4']);
  expect(['60,2', '300,6', '1800,4'].map((name) => audit.has(name))).toEqual([true, false, true]);
  expect(audit.count('60,2', 'receptions', '192.0.2.1', 0, 0)).toBe(1);
  expect(audit.count('1800,4', 'receptions', '192.0.2.1', 0, 0)).toBe(0);
});

test.each(['', '60', '0,1', '60,0', 'a,b'])('%j is no monitor', (name) => {
  expect(() => new InboundAudit(new VirtualClock(0)).configure([name])).toThrow('is no monitor');
});

test('sessions count while they are open', () => {
  const sessions = new InboundSessions();
  const close = sessions.open('SMTP', '192.0.2.1');
  expect(sessions.count('SMTP', '192.0.2.0/24')).toBe(1);
  expect(sessions.count('ECStream', '192.0.2.0/24')).toBe(0);
  close();
  expect(sessions.count('SMTP', '192.0.2.0/24')).toBe(0);
  expect(sessions.count('SMTP', 'nonsense')).toBeUndefined();
});
