/** §4.2 and §4.3: what a handler prepares, and what it returns. */
import { answer, handling, LAST, portOf, respond, talk, type Declare } from './server';

const body = async (statements: string) => (await respond(statements, { method: 'POST', body: 'in' })).text;

function statuses(row: Declare): void {
  row('http-4.2-0', async () => {
    const calls = [
      'response_status_set(200, "OK")',
      'response_status_set_std(200, "OK", "text/plain")',
      'response_status_ok("text/plain")',
      'response_status_denied("text/plain")',
      'response_status_not_found("text/plain")',
      'response_status_error("text/plain")',
      'response_header_set("X-Test", "1")',
      'response_append("a", 1)',
      'response_printf("%d", 1)',
      'response_string(select(2, session:request_data_get_string()))',
      'response_json(json.encode({}))',
      'response_xml(xml.parsexml("<a/>"))',
      'response_io(select(2, session:request_data_get()), 0)',
      'response_io(select(2, session:request_data_get()), 1)',
      'response_flush(0)',
    ];
    const collected = calls.map((call) => `results[#results + 1] = session:${call}`).join('\n');
    const statements = `
      require("json") require("xml")
      local results = {}
      ${collected}
      results = table.concat(results, ",")
      session:response_string(results)`;
    expect(await body(statements)).toContain(calls.map(() => 0).join());
  });

  row('http-4.2-1', async () => {
    const response = await respond('session:response_status_set(299, "Quite good")');
    expect([response.status, response.statusText]).toEqual([299, 'Quite good']);
    expect(response.headers).not.toHaveProperty('content-type');
  });

  row('http-4.2-2a', async () => {
    const typed = await respond('session:response_status_set_std(201, "Created", "text/csv")');
    expect([typed.status, typed.statusText, typed.headers['content-type']]).toEqual([
      201,
      'Created',
      'text/csv',
    ]);
    const untyped = await respond('session:response_status_set_std(404, "Not Found")');
    expect([untyped.status, untyped.statusText]).toEqual([404, 'Not Found']);
    expect(untyped.headers).not.toHaveProperty('content-type');
  });

  row('http-4.2-2b', async () => {
    await using mta = await handling('session:response_status_set_std(200, "OK", "text/plain")');
    const port = await portOf(mta);
    for (const request of [`GET / HTTP/1.1\r\n${LAST}`, 'GET / HTTP/1.0\r\n\r\n'])
      expect(await talk(port, request)).toMatch(/^HTTP\/1\.1 200 OK\r\n(?:[^]*\r\n)?Connection: close\r\n/);
  });

  const helpers = [
    ['http-4.2-3', 'ok', 200, 'OK'],
    ['http-4.2-4', 'denied', 403, 'DENIED'],
    ['http-4.2-5', 'not_found', 404, 'NOT FOUND'],
    ['http-4.2-6', 'error', 500, 'ERROR'],
  ] as const;
  for (const [id, helper, status, statusText] of helpers)
    row(id, async () => {
      const response = await respond(`session:response_status_${helper}("text/html")`);
      expect(response).toMatchObject({ status, statusText, headers: { 'content-type': 'text/html' } });
    });

  row('http-4.2-7', async () => {
    const { headers } = await respond('session:response_header_set("X-Test", "some value")');
    expect(headers['x-test']).toBe('some value');
  });

  row('http-4.2-16', async () => {
    const message = 'Anything that people can read';
    expect((await respond(`session:response_status_set_std(200, "${message}")`)).statusText).toBe(message);
  });
}

function payloads(row: Declare): void {
  row('http-4.2-8', async () => {
    const statements = 'session:response_append("abcdef", 3) session:response_append("xyz\\0", 4)';
    expect(await body(statements)).toBe('abcxyz\0');
  });

  // C's variable arguments are Lua's (choice H18).
  row('http-4.2-9', async () => {
    expect(await body('session:response_append("a", 1) session:response_printf("%s-%03d", "b", 7)')).toBe(
      'ab-007',
    );
    await using mta = await handling('session:response_vprintf("%s", "b")');
    expect((await mta.request({ url: '/' })).status).toBe(500);
    expect(mta.diagnostics.at(0)?.message).toContain('response_vprintf');
  });

  row('http-4.2-10', async () => {
    const statements = `
      session:response_append("lost", 4)
      session:response_string(select(2, session:request_data_get_string()))`;
    expect(await body(statements)).toBe('in');
  });

  row('http-4.2-11', async () => {
    const statements = `
      require("json")
      session:response_append("lost", 4)
      session:response_json(json.encode({ name = "value" }))`;
    expect(JSON.parse(await body(statements))).toEqual({ name: 'value' });
  });

  row('http-4.2-12', async () => {
    const statements = `
      require("xml")
      session:response_append("lost", 4)
      session:response_xml(xml.parsexml("<a><b>text</b></a>"))`;
    expect((await body(statements)).replace(/>\s+</g, '><')).toMatch(
      /^<\?xml [^>]*\?><a><b>text<\/b><\/a>\s*$/,
    );
  });

  row('http-4.2-13a', async () => {
    const statements = `
      local _, io = session:request_data_get()
      session:response_append("lost", 4)
      session:response_io(io, 0)
      io:read(1)`;
    expect(await body(statements)).toBe('n');
  });

  row('http-4.2-13b', async () => {
    const statements = `
      local _, io = session:request_data_get()
      session:response_append("kept ", 5)
      session:response_io(io, 1)
      session:response_printf(" %s", tostring(io:read(1)))`;
    expect(await body(statements)).toBe('kept in nil');
  });

  row('http-4.2-14', async () => {
    const statements = `
      session:response_append("sent ", 5)
      session:response_flush(0)
      session:response_append("lost ", 5)
      session:response_string("last")`;
    expect(await body(statements)).toBe('sent last');
  });
}

function results(row: Declare): void {
  row('http-4.3-1', async () => {
    const prepared = await respond(
      'session:response_status_set(201, "Made") session:response_append("it", 2) return msys.httpsrv.DONE',
    );
    expect([prepared.status, prepared.text]).toEqual([201, 'it']);
    const unprepared = await respond('return msys.httpsrv.DONE');
    expect([unprepared.status, unprepared.statusText, unprepared.text]).toEqual([200, 'OK', '']);
  });

  row('http-4.3-2', async () => {
    await using mta = await handling(`
      if waiting then return out("resumed") end
      waiting = session
      session:session_suspend()
      return msys.httpsrv.ASYNC`);
    let isAnswered = false;
    const response = mta.request({ url: '/' }).finally(() => (isAnswered = true));
    await mta.clock.advance('1h');
    expect(isAnswered).toBe(false);
    await mta.eval('waiting:session_resume(0)');
    expect((await response).text).toBe('resumed');
    expect([...mta.diagnostics]).toEqual([]);
  });

  row('http-4.3-3', async () => {
    expect(await answer('out("prepared")')).toBe('prepared');
    expect(await answer('out("prepared") return')).toBe('prepared');
  });
}

export function response(row: Declare): void {
  statuses(row);
  payloads(row);
  results(row);
}
