import { Momentum } from '../../../src';
import { acctlog, answers, DONE, FILES, listening, LOGIN } from './access';
import { FAILED } from './choices-access';
import { messages, withQueues } from './queues';
import { expectNotSimulated, login, output, outputs, withConfig, type TestRow } from './support';

const UNCHECKED = `${FAILED}: the password could not be checked`;

/** C38 to C49: stores of passwords, scripts that check them, and commands. */
export function furtherChoices(row: TestRow): void {
  stores(row);
  scripts(row);
  commands(row);
}

const withPasswords = (text: string | undefined) =>
  withConfig(`Control_Listener { Listen "*:2025" { ${LOGIN} } }`, {
    files: text === undefined ? {} : { '/etc/passwords': text },
  });

function stores(row: TestRow): void {
  row('C38', async () => {
    const missing = await withPasswords(undefined);
    expect(await answers(missing, login('tom', 'secret'))).toEqual([UNCHECKED]);
    expect(missing.paniclog[0]?.text).toMatch(/:auth: file:\/\/\/etc\/passwords: /);
    const malformed = await withPasswords('ann:x\nno password here\n');
    expect(await answers(malformed, login('tom', 'secret'))).toEqual([UNCHECKED]);
    expect(malformed.paniclog[0]?.text).toMatch(/:auth: file:\/\/\/etc\/passwords: \/etc\/passwords:2: /);
    expect(malformed.paniclog[0]?.text).not.toContain('no password here');
  });

  row('C39', async () => {
    const digest = 'AuthDigestMD5Parameters = [ uri = "digest:///etc/digests" ]';
    const mta = await listening(digest);
    const other = 'tom:elsewhere:00000000000000000000000000000000\n';
    mta.files.set('/etc/digests', other + FILES['/etc/digests']);
    expect(await answers(mta, login('tom', 'secret'))).toEqual([DONE]);
  });

  row('C40', async () => {
    const mta = await withPasswords('tom:a:b\ntom:second\n');
    const tries = [login('tom', 'a%3Ab'), login('tom', 'a'), login('tom', 'second')];
    expect(await answers(mta, ...tries)).toEqual([DONE, FAILED, FAILED]);
  });

  row('C41', async () => {
    const mta = await withPasswords('tom:first\n');
    expect(await answers(mta, login('tom', 'first'))).toEqual([DONE]);
    mta.files.set('/etc/passwords', 'tom:second\n');
    expect(await answers(mta, login('tom', 'first'), login('tom', 'second'))).toEqual([FAILED, DONE]);
  });

  row('C44', async () => {
    const mta = await listening(LOGIN);
    await answers(mta, login('tom', 'secret'));
    expect(await output(mta, 'module list')).not.toContain('ec_logger');
    expect(acctlog(mta)).toHaveLength(1);
  });
}

/** A server whose control listener asks a store, with these scripts. */
const asking = (uri: string, ...sources: string[]) =>
  withConfig(
    `ac_auth { } Control_Listener { Listen "*:2025" {
       AuthLoginParameters = [ uri = "${uri}" log_authentication = "true" ] } }`,
    {
      modules: sources.map((source, i) => ({
        name: `mod${i}`,
        source: `require("msys.core") ${source.replaceAll('%', `mod${i}`)}`,
      })),
    },
  );

const printed = (mta: Momentum) => mta.paniclog.map(({ message }) => message);

const SCHEME = `local mod = {}
  function mod:init()
    msys.registerAuth("mine", { authenticate = function(self, file, params, user, password)
      local function param(name) return (select(2, msys.core.dict_key_exists_and_fetch(params, name))) end
      print(file, user, password, param("uri"), param("crypt"), param("log_authentication"))
      return msys.core.EC_AUTH_OK
    end })
    return true
  end
  msys.registerModule("%", mod)`;

const PERFORM = (result: string) => `msys.registerModule("%", {
  ac_auth_perform_auth = function(self, user, password, ac) print("%", ac.protocol) ${result} end,
  ac_auth_log_auth_failure = function(self, user) print("% failed", user) end })`;

function scripts(row: TestRow): void {
  row('C42', async () => {
    const mta = await asking('mine:///a/b', SCHEME);
    expect(await answers(mta, login('tom', 'secret'))).toEqual([DONE]);
    expect(printed(mta)).toEqual(['/a/b\ttom\tsecret\tmine:///a/b\tclear\ttrue']);
  });

  row('C43', async () => {
    const mta = await asking('ac_auth://', PERFORM('return msys.core.EC_AUTH_OK'));
    await answers(mta, login('tom', 'secret'));
    expect(printed(mta)).toEqual(['mod0\t2']);
    expect(await mta.eval('msys.core.P_ESMTP')).not.toEqual([2]);
  });

  row('C45', async () => {
    const mta = await asking(
      'ac_auth://',
      PERFORM('return msys.core.EC_AUTH_OK'),
      PERFORM('return msys.core.EC_AUTH_FAIL'),
    );
    expect(await answers(mta, login('tom', 'x'))).toEqual([DONE]);
    expect(printed(mta)).toEqual(['mod0\t2']);
  });

  row('C46', async () => {
    const wrong = PERFORM('return msys.core.EC_AUTH_FAIL');
    const mta = await asking('ac_auth://', wrong, wrong);
    expect(await answers(mta, login('tom', 'x'))).toEqual([FAILED]);
    expect(printed(mta).slice(1)).toEqual(['mod0 failed\ttom', 'mod1 failed\ttom']);
    const down = await asking('ac_auth://', PERFORM('return msys.core.EC_AUTH_ERROR'));
    expect(await answers(down, login('tom', 'x'))).toEqual([UNCHECKED]);
    expect(printed(down)).toEqual(['mod0\t2']);
  });
}

function commands(row: TestRow): void {
  row('C47', async () => {
    await expectNotSimulated(await Momentum.start(), 'tls show cache', '4/console-commands/tls');
  });

  const delivering = async () => {
    const mta = await withQueues({ 'a.com': { active: messages(1) }, 'b.com': { active: messages(1) } });
    mta.remote('a.com').address('10.1.2.3').delay('1m');
    mta.remote('b.com').address('10.1.200.4').delay('1m');
    await mta.clock.advance('1s');
    return mta;
  };

  row('C48', async () => {
    expect((await (await delivering()).console('count outbound 8-32')).lines).toEqual([
      '      2         10.0.0.0/8',
      '      1                  10.1.0.0/17',
      '      1                                 10.1.2.3/32',
      '      1                  10.1.128.0/17',
      '      1                                 10.1.200.4/32',
    ]);
  });

  row('C49', async () => {
    expect(await outputs(await delivering(), 'show outbound')).toEqual([
      '1: [outbound/connection_handleconnect] a.com IPv4 10.1.2.3\n2: [outbound/connection_handleconnect] b.com IPv4 10.1.200.4\n',
    ]);
  });
}
