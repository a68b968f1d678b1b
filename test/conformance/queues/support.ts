/** What the tests about queues share. */
import { Momentum, type DomainFixture, type MessageFixture, type MomentumOptions } from '../../../src';
import '../../../src/jest';
import type { conformance } from '../harness';

/** Takes the test of a row, or of a choice. */
export type TestRow = ReturnType<typeof conformance>['row'];

export const DOMAIN = 'example.com';
export const START = Date.UTC(2026, 0, 1);

/** A server with these stanzas beside the loggers. */
export const configured = (text: string, options: MomentumOptions = {}): Promise<Momentum> =>
  Momentum.start({
    ...options,
    config: { text: `alerting { }\nec_logger "ec_logger" { }\nbounce_logger "bounce_logger" { }\n${text}` },
  });

/** One domain with these queues; `text` is configuration. */
export const withDomain = (contents: DomainFixture, text = '', options: MomentumOptions = {}) =>
  configured(text, { ...options, domains: { [DOMAIN]: contents } });

/** The same with a module, whose functions are in `body`. */
export const withHooks = (
  body: string,
  contents: DomainFixture,
  text = '',
  options: MomentumOptions = {},
): Promise<Momentum> => {
  const source = `local mod = {}\n${body}\nmsys.registerModule("mod", mod)`;
  return withDomain(contents, text, { ...options, modules: [{ name: 'mod', source }] });
};

/** What scripts have printed. */
export const prints = (mta: Momentum): string[] => mta.paniclog.map(({ message }) => message);

export const output = async (mta: Momentum, line: string) => (await mta.console(line)).output;

/** The lines of the mainlog as `D`, or type and note. */
export const lines = (mta: Momentum): string[] =>
  mta.mainlog.map(({ type, note }) => [type, note].filter(Boolean).join(' '));

/** Seconds since the start. */
export const secondsAt = (instant: Date): number => (instant.getTime() - START) / 1000;

/** When the far side of a domain was tried, in seconds since the start. */
export const triedAt = (mta: Momentum, domain = DOMAIN): number[] =>
  mta.remote(domain).attempts.map(({ at }) => secondsAt(at));

/** The address of each attempt, out of the mainlog. */
export const addresses = (mta: Momentum): unknown[] => mta.mainlog.map(({ ip }) => ip);

/** A message that will bounce, as far as its content is concerned. */
export const WITH_CONTENT: MessageFixture = { from: 'a@sender.test', headers: 'Subject: x' };

export type Zone = Exclude<MomentumOptions['dns'], string | undefined>;

/** MX records. */
export const mx = (...hosts: (readonly [preference: number, exchange: string])[]) => ({
  MX: hosts.map(([preference, exchange]) => ({ preference, exchange })),
});

/** What becomes of so many messages for the domain, in this zone. */
export async function routed(dns: Zone, config = '', count = 1) {
  const mta = await withDomain({ active: count }, config, { dns });
  mta.remote('*');
  await mta.clock.advance(0);
  return mta;
}

export const withRecord = (mta: Momentum, lua: string, domain = DOMAIN): Promise<unknown[]> =>
  mta.eval(`local core = msys.core; local dr = core.dns_get_domain("${domain}"); ${lua}`);

/** Functions that are known, and say that they are not simulated. */
export async function expectNotSimulated(...names: string[]): Promise<void> {
  const mta = await Momentum.start();
  for (const name of names)
    await expect(mta.eval(`${name}()`)).rejects.toThrow(
      `${name} is part of Momentum's API and is not simulated.`,
    );
  expect([...mta.diagnostics].map(({ code }) => code)).toEqual(names.map(() => 'NOT_SIMULATED'));
}

/** A listener that takes mail from everybody for everybody. */
const LISTENER = 'ESMTP_Listener { Open_Relay = true Listen ":25" { } }';

/** A mail for the domain. */
export const mail = (to: string | readonly string[] = `you@${DOMAIN}`) => ({
  from: 'me@sender.test',
  to,
  data: 'Subject: x\r\n\r\nhello\r\n',
});

/** A server that takes mail, with a module that has these functions; `text` is configuration. */
export const receiving = (
  body: string,
  text = '',
  options: MomentumOptions = {},
  listener = LISTENER,
): Promise<Momentum> => {
  const source = `require("msys.core") require("msys.extended.message")
    local core, mod = msys.core, {}
    function mod:init() return true end
    ${body}
    msys.registerModule("mod", mod)`;
  return configured(`${listener}\n${text}`, { ...options, modules: [{ name: 'mod', source }] });
};

/** The callout in which messages get their bindings. */
export const setBinding = (lua: string): string =>
  `function mod:validate_set_binding(msg) ${lua} return core.VALIDATE_CONT end`;
