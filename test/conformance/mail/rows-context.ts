/** §5: context variables. */
import { contextKeyRows } from './rows-context-keys';
import {
  callout,
  inCallout,
  LISTENER,
  MAIL,
  prints,
  runCallout,
  showing,
  shownIn,
  withPolicy,
  type TestRow,
} from './support';

function validationContext(row: TestRow): void {
  row('mail-5-1a', async () => {
    expect(
      await inCallout('return vctx:get(core.VCTX_MESS, "none"), vctx:get(core.VCTX_CONN, "none")'),
    ).toEqual(['', '']);
  });

  row('mail-5-1b', async () => {
    const mta = await withPolicy(`
      ${callout('connect', 'vctx:set(core.VCTX_CONN, "first", "one")')}
      ${callout('mailfrom', 'vctx:set(core.VCTX_MESS, "second", vctx:get(core.VCTX_CONN, "first") .. "+two")')}
      ${callout('rcptto', 'vctx:set(core.VCTX_CONN, "first", "three")')}
      ${showing('data_spool_each_rcpt', 'first', 'second')}`);
    await mta.smtp.send(MAIL);
    expect(shownIn(mta, 'data_spool_each_rcpt')).toEqual([['three', 'one+two']]);
  });

  row('mail-5-1c', async () => {
    const text = 'Attempt to set null key or value in validate context connection dictionary.';
    const { mta } = await runCallout(`
      vctx:set(core.VCTX_CONN, "key", nil)
      vctx:set(core.VCTX_CONN, nil, "value")
      vctx:set(core.VCTX_MESS, "key", nil)`);
    expect(mta.paniclog.map(({ message }) => message)).toEqual([
      text,
      text,
      text.replace('connection', 'message'),
    ]);
    const { message, connection } = mta.messages[0]!.context;
    expect([...Object.keys(message), ...Object.keys(connection)]).not.toContain('key');
  });
}

const MESS = 'core.ECMESS_CTX_MESS';
const CONN = 'core.ECMESS_CTX_CONN';

function messageContext(row: TestRow): void {
  row('mail-5-2', async () => {
    for (const type of [MESS, CONN])
      expect(
        await inCallout(`local before = msg:context_get(${type}, "key")
          msg:context_set(${type}, "key", 1)
          local after = msg:context_get(${type}, "key")
          return before, after, type(after)`),
      ).toEqual(['', '1', 'string']);
  });

  row('mail-5-3a', async () => {
    expect(
      await inCallout(`return msg:context_set(${MESS}, "a", "1"), msg:context_set(${CONN}, "a", "1")`),
    ).toEqual([1, 1]);
  });

  row('mail-5-3b', async () => {
    const set = `msg:context_set(${MESS}, "a", "1")`;
    expect(await inCallout(`return ${set}, ${set}, msg:context_get(${MESS}, "a")`)).toEqual([1, 0, '1']);
  });

  row('mail-5-4', async () => {
    const exists = `msg:context_exists(${MESS}, "a")`;
    expect(
      await inCallout(`local before = ${exists}
        msg:context_set(${MESS}, "a", "")
        return before, ${exists}, msg:context_exists(${CONN}, "a")`),
    ).toEqual([0, 1, 0]);
  });

  row('mail-5-5', async () => {
    const { results } = await runCallout(`
      msg:context_set(${CONN}, "a", 17)
      local there, value = msg:context_exists_and_get(${CONN}, "a")
      local missing, none = msg:context_exists_and_get(${CONN}, "b")
      return there, value, missing, none == nil`);
    expect(results).toEqual([[1, '17', 0, true]]);
  });

  row('mail-5-6', async () => {
    const remove = `msg:context_delete(${MESS}, "a")`;
    expect(
      await inCallout(`msg:context_set(${MESS}, "a", "1")
        return ${remove}, ${remove}, msg:context_exists(${MESS}, "a")`),
    ).toEqual([1, 0, 0]);
  });
}

function lifetimes(row: TestRow): void {
  row('mail-5-7a', async () => {
    const mta = await withPolicy(`
      ${callout('connect', 'vctx:set(core.VCTX_CONN, "a", "connection")')}
      ${callout('data', 'vctx:set(core.VCTX_MESS, "b", "message")')}
      ${callout(
        'set_binding',
        `print(msg:context_get(${CONN}, "a"), msg:context_get(${MESS}, "b"))
         msg:context_set(${CONN}, "a", msg:rcptto()) msg:context_set(${MESS}, "b", msg:rcptto())`,
      )}`);
    const to = ['one@example.org', 'two@example.org'];
    await mta.smtp.send({ ...MAIL, to });
    // Each has its own: what the first one's was set to, the second one does not see.
    expect(prints(mta)).toEqual(['connection\tmessage', 'connection\tmessage']);
    expect(mta.messages.map(({ context }) => [context.connection.a, context.message.b])).toEqual(
      to.map((address) => [address, address]),
    );
  });

  row('mail-5-7b', async () => {
    const mta = await withPolicy(`
      ${showing('mailfrom', 'c', 'm')}
      ${callout('data', 'vctx:set(core.VCTX_MESS, "m", "kept") vctx:set(core.VCTX_CONN, "c", "kept")')}`);
    for (let connection = 0; connection < 2; connection++) {
      const session = mta.smtp.session();
      await session.ehlo();
      for (let message = 0; message < 2; message++) {
        await session.mail(MAIL.from);
        await session.rcpt(MAIL.to);
        expect(await session.data(MAIL.data)).toMatchObject({ code: 250 });
      }
      await session.quit();
    }
    expect(shownIn(mta, 'mailfrom')).toEqual([
      ['', ''],
      ['kept', ''],
      ['', ''],
      ['kept', ''],
    ]);
  });

  row('mail-5-7c', async () => {
    const { mta } = await runCallout(
      `vctx:set(core.VCTX_MESS, "#own_string", "1") vctx:set(core.VCTX_MESS, "secret", "2")
       vctx:set(core.VCTX_CONN, "secret", "3") vctx:set(core.VCTX_CONN, "password", "4")
       vctx:set(core.VCTX_CONN, "public", "5")`,
      {
        phase: 'data',
        config: {
          text: `${LISTENER} Exclude_VCTX_Mess = ( "_string$" ) Exclude_VCTX_Conn = ( "(?i)^SECRET$" "pass" "(broken" )`,
        },
      },
    );
    const { message, connection } = mta.messages[0]!.context;
    expect(Object.keys(message).filter((key) => key.endsWith('_string'))).toEqual(['#own_string']);
    expect(message).toMatchObject({ secret: '2', mailfrom_localpart: 'me' });
    expect(Object.keys(connection)).toEqual(expect.arrayContaining(['public', 'ehlo_string']));
    expect(connection).not.toHaveProperty('secret');
    expect(connection).not.toHaveProperty('password');
    expect([...mta.diagnostics].map(({ code, message }) => [code, message])).toEqual([
      ['CONFIG_OPTION', expect.stringContaining('(broken: ')],
    ]);
  });
}

export function contextRows(row: TestRow): void {
  validationContext(row);
  messageContext(row);
  lifetimes(row);
  contextKeyRows(row);
}
