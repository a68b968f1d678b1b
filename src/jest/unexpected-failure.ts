import { StrictViolation } from '../index';

/**
 * The error that a test fails with: the first of the servers' failures, with its stack, which begins with Lua's
 * frames, and a hint. Undefined when there are no failures.
 */
export function unexpectedFailure([first, ...others]: readonly Error[]): Error | undefined {
  if (!first) return undefined;
  const more = others.length > 0 ? `After it: ${others.map(firstLine).join('\n')}\n\n` : '';
  const error = new Error(`${first.message}\n\n${more}${hint(first)}`);
  error.name = first.name;
  const frames = (first.stack ?? '').split('\n').filter((line) => /^\s+at .*:\d+:\d+\)?$/.test(line));
  error.stack = [`${error.name}: ${error.message}`, ...frames].join('\n');
  return error;
}

function hint(failure: Error): string {
  const matcher =
    failure instanceof StrictViolation
      ? `toHaveDiagnostic('${failure.code}')`
      : "toHaveLogged('paniclog', 'part of the message')";
  return `The test did not expect this. Production writes it into a log, if at all, and goes on. When the test is about it, say so
after it has happened: expect(mta).${matcher}, or look at mta.paniclog or mta.diagnostics.`;
}

const firstLine = ({ name, message }: Error) => `${name}: ${message.split('\n', 1)[0] ?? ''}`;
