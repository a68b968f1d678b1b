/** A server whose policy counts sessions, and what has to hold when all clients have gone. */
import { setImmediate as turn } from 'node:timers/promises';
import type { Momentum, MomentumOptions } from '../../../src';
import { CONT, policy, smtpServer } from '../../listeners/smtp/support';

/** Callouts that count; `validate_ehlo`, `validate_mailfrom` … are free for the test. */
const COUNTING = {
  'validate_connect(ac, vctx)': `opened = (opened or 0) + 1 counted = ac:inbound_session_count() ${CONT}`,
  'core_server_esmtp_session_abort()': 'aborted = (aborted or 0) + 1',
  'validate_dealloc()': 'closed = (closed or 0) + 1',
};

export interface GuardedOptions extends MomentumOptions {
  readonly stanzas?: string;
  /** Bodies of callouts in Lua, by their heads. */
  readonly callouts?: Readonly<Record<string, string>>;
}

export function guardedServer(options = '', more: GuardedOptions = {}): Promise<Momentum> {
  const { callouts = {}, ...others } = more;
  return smtpServer(options, { ...others, ...policy({ ...COUNTING, ...callouts }) });
}

/** Until `isTrue`; for what happens within some turns of the event loop, or never. */
export async function until(what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; !(await isTrue()); i++) {
    if (i > 20_000) throw new Error(`${what}: this does not happen`);
    await turn();
  }
}

export const inbound = async (mta: Momentum): Promise<number> =>
  (await mta.console('show inbound')).output.split('\n').filter(Boolean).length;

/**
 * No session is left, in any of the places where one is counted; each that began has been deallocated; no timer waits
 * and nobody's error was swallowed.
 */
export async function expectNothingLeft(mta: Momentum, sessions?: number): Promise<void> {
  await until('no session is left', async () => (await inbound(mta)) === 0);
  const [opened, closed] = await mta.eval('opened or 0, closed or 0');
  expect({ closed }).toEqual({ closed: opened });
  if (sessions !== undefined) expect({ opened }).toEqual({ opened: sessions });
  expect(mta.clock.pending).toEqual([]);
  expect(mta.takeFailures().map(String)).toEqual([]);
  const last = mta.smtp.session();
  expect(await last.greeting).toMatchObject({ code: 220 });
  await last.quit();
  expect(await mta.eval('counted')).toEqual([1]);
}
