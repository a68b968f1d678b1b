/** Choices about responses and suspended requests. */
import { Momentum, StrictViolation } from '../../../src';
import { answer, handling, respond, type Declare } from './server';

const codes = (mta: Momentum) => [...mta.diagnostics].map(({ severity, code }) => `${severity} ${code}`);

function texts(row: Declare): void {
  const said = async (statements: string, statusMessageAsBody?: 'when-empty' | 'never' | 'always') => {
    await using mta = await handling(statements, { http: { statusMessageAsBody } });
    const { statusText, text } = await mta.request({ url: '/' });
    return [statusText, text];
  };

  row('H1', async () => {
    const content = 'session:response_status_set_std(200, "some\\ncontent", "text/plain")';
    const payload = `${content} session:response_append("payload", 7)`;
    const standard = 'session:response_status_set_std(404, "Not Found")';
    expect(await said(content)).toEqual(['somecontent', 'some\ncontent']);
    expect(await said(payload)).toEqual(['somecontent', 'payload']);
    expect(await said(standard)).toEqual(['Not Found', '']);
    expect(await said(content, 'when-empty')).toEqual(['somecontent', 'some\ncontent']);
    expect(await said(content, 'never')).toEqual(['somecontent', '']);
    expect(await said(payload, 'always')).toEqual(['somecontent', 'some\ncontentpayload']);
    expect(await said(standard, 'always')).toEqual(['Not Found', 'Not Found']);
  });

  row('H2', async () => {
    const nothing = await respond('');
    expect([nothing.status, nothing.statusText, nothing.text]).toEqual([200, 'OK', '']);
    expect(nothing.headers).toMatchObject({ 'content-length': '0' });
    const defaultResponse = { status: 202, statusText: 'Taken', body: Buffer.from('default') };
    await using mta = await handling('', { http: { defaultResponse } });
    const { status, statusText, text } = await mta.request({ url: '/' });
    expect([status, statusText, text]).toEqual([202, 'Taken', 'default']);
  });

  row('H6', async () => {
    await using mta = await handling('session:response_append("lost", 4) error("broken")');
    const { status, text } = await mta.request({ url: '/' });
    expect([status, text]).toEqual([500, '']);
    expect(mta.paniclog.at(-1)?.message).toMatch(/broken\nstack traceback:\n/);
  });

  row('H7', async () => {
    for (const [strict, diagnostics] of [
      [true, ['warning HANDLER_RESULT']],
      [{ HANDLER_RESULT: 'off' }, []],
    ] as const)
      for (const result of ['"done"', '42', 'true', '{}']) {
        await using mta = await handling(`out("said") return ${result}`, { strict });
        expect((await mta.request({ url: '/' })).text).toBe('said');
        expect(codes(mta)).toEqual(diagnostics);
      }
  });

  row('H14', async () => {
    const body = { method: 'POST', body: '<a/>' };
    const setters = [
      ['response_string("set ")', 'set '],
      ['response_json(json.encode({}))', '{ }'],
      ['response_xml(select(2, session:request_data_get_xml()))', '<a/>\n'],
      ['response_io(select(2, session:request_data_get()), 0)', '<a/>'],
    ] as const;
    for (const [call, end] of setters) {
      const set = `require("json") session:${call}`;
      const response = await respond(
        `session:response_append("lost", 4) ${set} session:response_append("more", 4)`,
        body,
      );
      expect(response.text.replace(/\s/g, '')).toContain(`${end.replace(/\s/g, '')}more`);
      expect(response.text).not.toContain('lost');
      expect(
        (await respond(`${set} session:response_append("x", 1) session:response_string("last")`, body)).text,
      ).toBe('last');
    }
  });

  row('H15', async () => {
    const { headers } = await respond(
      'session:response_header_set("X-Test", "first") session:response_header_set("x-test", "second")',
    );
    expect(headers['x-test']).toBe('second');
  });

  row('H17', async () => {
    await using mta = await Momentum.start();
    expect(await mta.eval('return msys.httpsrv.DONE, msys.httpsrv.ASYNC')).toEqual([0, 1]);
  });

  row('H18', async () => {
    expect((await respond('session:response_printf("%5.2f|%q|%%", 3.14159, "a")')).text).toBe(' 3.14|"a"|%');
    await using mta = await handling('session:response_vprintf("%s", "a")');
    await mta.request({ url: '/' });
    expect(codes(mta)).toEqual(['violation NOT_SIMULATED']);
  });

  row('H23', async () => {
    const buffer = 'local text = msys.core.string_new() text:set("buffer") session:response_string(text)';
    expect((await respond(buffer)).text).toBe('buffer');
    expect((await respond('session:response_string("plain")')).text).toBe('plain');
  });

  row('H51', async () => {
    const flushed = 'session:response_append("sent", 4) session:response_flush(0)';
    for (const late of ['response_status_set(404, "Late")', 'response_header_set("X-Late", "1")']) {
      const statements = `${flushed} session:${late}`;
      await using strict = await handling(statements);
      expect(await strict.request({ url: '/' })).toMatchObject({ status: 500, text: '' });
      expect(codes(strict)).toEqual(['violation RESPONSE_PROBLEM']);
      await using lenient = await handling(statements, { strict: false });
      const response = await lenient.request({ url: '/' });
      expect(response).toMatchObject({ status: 200, text: 'sent' });
      expect(response.headers).not.toHaveProperty('x-late');
      expect(codes(lenient)).toEqual(['warning RESPONSE_PROBLEM']);
    }
  });

  row('H72', async () => {
    const { headers, body } = await respond('session:response_append(("x"):rep(200000), 200000)');
    expect(headers).toMatchObject({ 'content-length': '200000' });
    expect(headers).not.toHaveProperty('transfer-encoding');
    expect(body).toHaveLength(200_000);
  });
}

/** Suspends its session and leaves it in `waiting`; the second invocation answers. */
const WAITING = `
  if waiting then return out("again") end
  waiting = session
  session:session_suspend()
  return msys.httpsrv.ASYNC`;

function suspending(row: Declare): void {
  row('H44', async () => {
    expect(await answer('out(session:session_resume(0))')).toBe('22');
    await using mta = await handling(WAITING);
    const response = mta.request({ url: '/' });
    await mta.clock.advance(0);
    expect(await mta.eval('return waiting:session_resume(1), waiting:session_resume(1)')).toEqual([0, 22]);
    await response;
  });

  row('H45', async () => {
    const twice = 'local rc = { session:session_suspend(), session:session_suspend() }';
    await using mta = await handling(`${twice} out(rc[1], rc[2])`, { strict: { HANDLER_RESULT: 'off' } });
    expect((await mta.request({ url: '/' })).text).toBe('0|9');
  });

  row('H46', async () => {
    await using mta = await handling(`
      if waiting then return out("again") end
      waiting = session
      session:session_suspend()
      resumed = session:session_resume(0)
      return msys.httpsrv.ASYNC`);
    expect((await mta.request({ url: '/' })).text).toBe('again');
    expect(await mta.eval('resumed')).toEqual([0]);
    expect(codes(mta)).toEqual([]);
  });

  row('H47', async () => {
    for (const result of ['msys.httpsrv.DONE', 'nil', '"x"']) {
      await using mta = await handling(`out("said") session:session_suspend() return ${result}`);
      expect((await mta.request({ url: '/' })).text).toBe('said');
      expect(codes(mta)).toEqual(['warning HANDLER_RESULT']);
    }
  });

  row('H48', async () => {
    const statements = 'out("said") return msys.httpsrv.ASYNC';
    await using strict = await handling(statements);
    expect(await strict.request({ url: '/' })).toMatchObject({ status: 500, text: '' });
    expect(codes(strict)).toEqual(['violation ASYNC_NOT_SUSPENDED']);
    await using lenient = await handling(statements, { strict: false });
    expect(await lenient.request({ url: '/' })).toMatchObject({ status: 200, text: 'said' });
    expect(codes(lenient)).toEqual(['warning ASYNC_NOT_SUSPENDED']);
  });

  row('H49', async () => {
    const mta = await handling(`session:response_append("lost", 4) ${WAITING}`);
    const response = mta.request({ url: '/' });
    await mta.clock.advance(0);
    await mta.stop();
    expect(await response).toMatchObject({ status: 500, text: '' });
  });

  row('H50', async () => {
    for (const strict of [true, false]) {
      await using mta = await handling('kept = session out("said")', { strict });
      expect((await mta.request({ url: '/' })).text).toBe('said');
      await expect(mta.eval('kept:response_string("late")')).rejects.toThrow('has been answered');
      expect(codes(mta)).toEqual([`${strict ? 'violation' : 'warning'} SESSION_ENDED`]);
      expect(mta.takeFailures().every((error) => error instanceof StrictViolation)).toBe(true);
    }
  });

  row('H52', async () => {
    expect(await answer('out(session:service_ctx_get())')).toBe('nil');
  });
}

export function responseChoices(row: Declare): void {
  texts(row);
  suspending(row);
}
