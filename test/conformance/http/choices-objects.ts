/** Choices about the objects that handlers work with: io objects, dictionaries, XML. */
import { Momentum, type MomentumOptions } from '../../../src';
import { answer, type Declare } from './server';

/** What Lua returns in a server of its own. */
async function lua(text: string, options: MomentumOptions = {}): Promise<unknown[]> {
  await using mta = await Momentum.start(options);
  return await mta.eval(text);
}

export function objectChoices(row: Declare): void {
  row('H38', async () => {
    const statements = `
      local _, io = session:request_data_get()
      out(msys.core.io_wrapper_supports_lseek(io), msys.core.io_wrapper_lseek(io, 0, 0), io:read("*a"))`;
    expect(await answer(statements, { method: 'POST', body: 'body' })).toBe('0|-1|body');
  });

  row('H53', async () => {
    const text = `
      local d, text = msys.core.dict_blank(), msys.core.string_new()
      msys.core.dict_add_key_value(d, "a key", "1=2&3%")
      msys.core.dict_add_key_value(d, "other", "\\255")
      return msys.core.dict_serialize(d, text), tostring(text)`;
    expect(await lua(text)).toEqual([30, 'a%20key=1%3D2%263%25&other=%FF']);
  });

  row('H54', async () => {
    const text = `
      local io = msys.core.io_wrapper_open("/file", msys.core.O_RDWR | msys.core.O_CREAT, 0644)
      io:write("one\\ntwo\\n", 8)
      local again, lines = msys.core.io_wrapper_open("/file", msys.core.O_RDONLY, 0), {}
      local first = again:read("*l")
      for line in again:lines() do lines[#lines + 1] = line end
      return first, lines`;
    expect(await lua(text, { files: { '/file': '' } })).toEqual(['one', ['two']]);
    for (const method of ['seek', 'close', 'flush', 'setvbuf']) {
      await using mta = await Momentum.start({ files: { '/file': '' } });
      const call = `local io = msys.core.io_wrapper_open("/file", 0, 0) return io:${method}()`;
      await expect(mta.eval(call)).rejects.toThrow(`no method or field '${method}'`);
      expect(mta).toHaveDiagnostic('UNKNOWN_API');
    }
  });

  row('H55', async () => {
    const flags = { RDONLY: 0, WRONLY: 1, RDWR: 2, CREAT: 0o100, EXCL: 0o200, TRUNC: 0o1000, APPEND: 0o2000 };
    const names = Object.keys(flags).map((name) => `msys.core.O_${name}`);
    expect(await lua(`return ${names.join(', ')}`)).toEqual(Object.values(flags));
  });

  row('H56', async () => {
    expect(await lua('require("xml") return xml.parsexml("<a>"), xml.parsexml("")')).toEqual([
      undefined,
      undefined,
    ]);
    const statements = 'out(session:request_data_get_xml())';
    expect(await answer(statements, { method: 'POST', body: '<a><b></a>' })).toBe('0|nil');
  });

  row('H57', async () => {
    const [text] = await lua('require("xml") return xml.parsexml("<a/>"):tostring()');
    expect(text).toBe('<?xml version="1.0" encoding="utf-8"?>\n<a/>\n');
  });

  row('H58', async () => {
    const query = `
      require("xml")
      local found = 0
      for node in xml.parsexml("<a/>"):xpath("//a[") do found = found + 1 end
      return found`;
    await using strict = await Momentum.start();
    await expect(strict.eval(query)).rejects.toThrow('the XPath query "//a["');
    expect(strict.diagnostics.at(0)).toMatchObject({ code: 'BAD_ARGUMENT', severity: 'violation' });
    await using lenient = await Momentum.start({ strict: false });
    expect(await lenient.eval(query)).toEqual([0]);
    expect(lenient.diagnostics.at(0)).toMatchObject({ code: 'BAD_ARGUMENT', severity: 'warning' });
  });
}
