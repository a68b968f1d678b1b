import { CONSOLE_STATUS, ConsoleResult, type ConsoleStatus } from '../../../src/server/console/result';

test.each([
  ['', []],
  ['one', ['one']],
  ['one\n', ['one']],
  ['one\ntwo\n', ['one', 'two']],
  ['one\r\ntwo\r\n', ['one', 'two']],
  ['one\n\n', ['one', '']],
])('%j has the lines %j', (output, lines) => {
  expect(new ConsoleResult(output).lines).toEqual(lines);
});

test('is its output as a string, and keeps the bytes', () => {
  const result = new ConsoleResult(Buffer.of(0x41, 0, 0xff));
  expect(String(result)).toBe('A\x00ÿ');
  expect(result.output).toBe(String(result));
  expect(result.outputBytes).toEqual(Buffer.of(0x41, 0, 0xff));
  expect(new ConsoleResult(Buffer.from('é')).output).toBe('é');
});

test('matchers see output, status and lines', () => {
  expect(new ConsoleResult('x\n', 'FAILED')).toEqual({ output: 'x\n', status: 'FAILED', lines: ['x'] });
});

test.each(Object.entries(CONSOLE_STATUS))('%s has the code %d', (status, code) => {
  expect(new ConsoleResult('', status as ConsoleStatus).code).toBe(code);
});
