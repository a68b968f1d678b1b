/** What the tests about the console share. */
import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Momentum, type ListenAddresses, type MomentumOptions } from '../../../src';
import '../../../src/jest';
import type { conformance } from '../harness';

export type TestRow = ReturnType<typeof conformance>['row'];
export type ControlAddress = NonNullable<ListenAddresses['control']>;

/** A server with one script, whose text registers what the test is about. */
export const withScript = (source: string, options: MomentumOptions = {}) =>
  Momentum.start({ ...options, modules: [{ name: 'mod', source }] });

export const withConfig = (text: string, options: MomentumOptions = {}) =>
  Momentum.start({ ...options, config: { text: `alerting { }\n${text}` } });

/** What the console prints for each of the lines. */
export async function outputs(mta: Momentum, ...lines: string[]): Promise<string[]> {
  const printed: string[] = [];
  for (const line of lines) printed.push((await mta.console(line)).output);
  return printed;
}

export const output = async (mta: Momentum, line: string) => (await mta.console(line)).output;

export async function control(mta: Momentum): Promise<ControlAddress> {
  return (await mta.listen({ control: 0 })).control!;
}

/** All that a server answers to these bytes on one connection. */
export function exchange(address: ControlAddress, text: string): Promise<Buffer> {
  const target = 'path' in address ? { path: address.path } : { port: address.port, host: address.address };
  const socket = connect({ ...target, allowHalfOpen: true });
  socket.end(text);
  return buffer(socket);
}

/** A line that concerns the connection. */
export const request = (text: string) => `\x01${text}`;
export const login = (user: string, password: string) => request(`login ${user} ${password}`);

/** `STATUS: output` for each of the lines, which are sent on one connection. */
export async function converse(address: ControlAddress, ...lines: string[]): Promise<string[]> {
  const bytes = await exchange(address, [request('framed'), ...lines, ''].join('\n'));
  const answers: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf('\n', at);
    const [status = '', length] = bytes.toString('latin1', at, end).split(' ');
    at = end + 1 + Number(length);
    answers.push(`${status}: ${bytes.toString('utf8', end + 1, at)}`);
  }
  return answers.slice(1);
}

/** The product has it by that name, and the simulator says that it has not. */
export async function expectNotSimulated(mta: Momentum, line: string, page: string): Promise<void> {
  expect(await mta.console(line)).toMatchObject({
    status: 'FAILED',
    output: `'${line}' is a command of Momentum and is not simulated. See ${page} in the product's documentation.\n`,
  });
}
