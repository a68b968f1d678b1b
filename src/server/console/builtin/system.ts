/** Commands about the server as a whole. */
import { CommandUsageError, usageOf } from './dispatch';
import type { BuiltinCommand, CommandCall } from './command';

const product = ({ host }: CommandCall) => `Momentum Version: ${host.version}`;

/** Build date and platform are the simulator's: they say what answers. */
const systemFacts = (call: CommandCall) => [
  product(call),
  `build date: ${call.host.buildDate}`,
  'product name: Momentum',
  call.host.platform,
];

export const systemCommands: readonly BuiltinCommand[] = [
  {
    name: 'help',
    usage: '[command]',
    summary: 'lists the commands, or describes one',
    doc: '4/console-commands/help',
    run: (call) => (call.args.length === 0 ? listCommands(call) : describeCommands(call)),
  },
  {
    name: 'version',
    summary: 'the version of the product',
    doc: '4/console-commands/version',
    run: (call) => ({ text: `${product(call)}\n`, data: { version: call.host.version } }),
  },
  {
    name: 'sysinfo',
    summary: 'version, build date and operating system',
    doc: '4/console-commands/sysinfo',
    run(call) {
      const { version, buildDate, platform } = call.host;
      const data = { version, buildDate, product: 'Momentum', platform };
      return { text: `${systemFacts(call).join('\n')}\n`, data };
    },
  },
  {
    name: 'pid',
    summary: 'the process id of the server',
    doc: '4/console-commands/pid',
    run: ({ host }) => ({ text: `${host.processId}\n`, data: { pid: host.processId } }),
  },
  {
    name: 'shutdown',
    summary: 'ends the server',
    doc: '4/console-commands/shutdown',
    async run({ host }) {
      await host.shutdown();
      return { text: '' };
    },
  },
];

function listCommands({ host }: CommandCall) {
  const builtin = [...host.builtins].map((command) => ({ name: command.name, summary: command.summary }));
  const own = host.scriptCommands.map((name) => ({ name, summary: 'registered by a script' }));
  const commands = [...builtin, ...own].sort((a, b) => (a.name < b.name ? -1 : 1));
  const width = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.map(({ name, summary }) => `${name.padEnd(width)}  ${summary}`);
  return { text: `${lines.join('\n')}\n`, data: { commands } };
}

function describeCommands({ host, args }: CommandCall) {
  const found = host.builtins.beginningWith(args);
  if (found.length > 0) {
    const lines = found.flatMap((command) => [usageOf(command), `  ${command.summary}`]);
    return {
      text: `${lines.join('\n')}\n`,
      data: { commands: found.map(({ name, summary, doc }) => ({ name, summary, doc })) },
    };
  }
  const name = args.join(' ');
  if (!host.scriptCommands.includes(name)) throw new CommandUsageError(`Unknown command: ${name}`);
  const text = `${name}\n  registered by a script\n`;
  return { text, data: { commands: [{ name, summary: 'registered by a script' }] } };
}
