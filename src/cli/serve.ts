import { parseArgs } from 'node:util';
import { Momentum, type ListenAddresses, type ListenOptions } from '../momentum';
import type { Diagnostic } from '../server/diagnostics';
import type { LogEntry } from '../server/logs';
import { UsageError } from '../support/errors';
import { CommandLineError, parsed, type Command } from './command';
import { followRealTime } from './real-time';
import { packageVersion } from './version';

const DEFAULT_HTTP = '127.0.0.1:2081';
const DEFAULT_CONTROL = '127.0.0.1:2025';

const USAGE = `Usage: momentum-sim serve [OPTIONS] [MODULE.lua...]

Starts a simulated server with the modules and serves until SIGINT or SIGTERM. The paniclog goes to stderr, and so does
what production would punish or let pass in silence.

Options:
  --http ADDR     where HTTP is served: a port (0: any) or host:port; ${DEFAULT_HTTP}
  --control ADDR  where the console is served: the same, or the path of a Unix socket; ${DEFAULT_CONTROL}
  --domain NAME   a domain record that exists from the start; can be repeated
  --lib DIR       a further directory for require; can be repeated
  --no-strict     warns of what would crash or fail silently in production, instead of failing
  --strict        fails there (the default)
`;

const OPTIONS = {
  http: { type: 'string', default: DEFAULT_HTTP },
  control: { type: 'string', default: DEFAULT_CONTROL },
  domain: { type: 'string', multiple: true, default: [] as string[] },
  lib: { type: 'string', multiple: true, default: [] as string[] },
  strict: { type: 'boolean' },
  'no-strict': { type: 'boolean' },
} as const;

/** `momentum-sim serve`: a server for curl and the console. Ends with 0 on a signal, with 1 when the server crashes. */
export const serveCommand: Command = {
  summary: 'serves HTTP and the console with modules loaded, until it is interrupted',
  usage: USAGE,
  async run(args) {
    const { values, positionals } = parsed(() =>
      parseArgs({ args, options: OPTIONS, allowPositionals: true }),
    );
    if (values.strict && values['no-strict']) throw new CommandLineError('--strict or --no-strict, not both');
    const mta = await Momentum.start({
      modules: positionals,
      domains: values.domain,
      lib: values.lib,
      strict: !values['no-strict'],
      now: new Date(),
    });
    try {
      return await serve(mta, { http: values.http, control: values.control });
    } finally {
      await mta.stop();
    }
  },
};

async function serve(mta: Momentum, addresses: Required<ListenOptions>): Promise<number> {
  const ended = untilEnd(mta);
  tellWhatHappens(mta);
  const bound = { ...(await listen(mta, 'http', addresses)), ...(await listen(mta, 'control', addresses)) };
  process.stdout.write(overview(mta, bound));
  const stopClock = followRealTime(mta.clock);
  try {
    return await ended;
  } finally {
    stopClock();
  }
}

/** Resolves to the exit status when a signal comes or the server goes down. */
function untilEnd(mta: Momentum): Promise<number> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(0));
    mta.diagnostics.onAdd(({ severity }) => {
      // A turn later: whoever caused the crash first sees the connection break.
      if (severity === 'crash') setImmediate(() => resolve(1));
    });
  });
}

async function listen(
  mta: Momentum,
  kind: 'http' | 'control',
  addresses: Required<ListenOptions>,
): Promise<ListenAddresses> {
  try {
    return await mta.listen({ [kind]: addresses[kind] });
  } catch (error) {
    const { code, cause, message } = error as NodeJS.ErrnoException;
    const isInUse = [code, (cause as NodeJS.ErrnoException | undefined)?.code].includes('EADDRINUSE');
    const advice = `${addresses[kind]} is in use already; give another address, or 0 for any free port`;
    throw new UsageError(`--${kind}: ${isInUse ? advice : message}`, { cause: error });
  }
}

/** What has been logged and diagnosed so far, and then what comes. */
function tellWhatHappens(mta: Momentum): void {
  const tell = (text: string) => process.stderr.write(`${text}\n`);
  const tellDiagnostic = (diagnostic: Diagnostic) => tell(describe(diagnostic));
  const tellEntry = ({ text }: LogEntry) => tell(`paniclog: ${text}`);
  mta.paniclog.forEach(tellEntry);
  [...mta.diagnostics].forEach(tellDiagnostic);
  mta.diagnostics.onAdd(tellDiagnostic);
  mta.onLog((log, entry) => {
    if (log === 'paniclog') tellEntry(entry);
  });
}

function describe({ severity, code, message, frames }: Diagnostic): string {
  const at = frames.find((frame) => frame.kind !== 'host');
  return `${severity} ${code}: ${message}${at ? `\n    at ${at.name} (${at.file}:${at.line})` : ''}`;
}

function overview(mta: Momentum, { http, control }: ListenAddresses): string {
  const endpoints = mta.endpoints.map(({ method, path }) => `  ${method ?? '*'} ${path}`);
  const commands = mta.commands.map((prefix) => `  ${prefix}`);
  const none = '  (none)';
  return [
    `momentum-sim ${packageVersion()}`,
    'endpoints:',
    ...(endpoints.length > 0 ? endpoints : [none]),
    'commands:',
    ...(commands.length > 0 ? commands : [none]),
    `http: http://${shown(http!)}`,
    `control: ${shown(control!)}`,
    '',
  ].join('\n');
}

function shown(bound: { address: string; port: number } | { path: string }): string {
  if ('path' in bound) return bound.path;
  return bound.address.includes(':') ? `[${bound.address}]:${bound.port}` : `${bound.address}:${bound.port}`;
}
