import { platform } from 'node:os';
import { parseArgs } from 'node:util';
import { Momentum } from '../momentum';
import { CommandLineError, parsed, type Command } from './command';
import { followRealTime } from './real-time';
import { bindConfigured, bindFirst, listenerNews, type ServeAddresses } from './serve-listeners';
import { overview, relayLogs } from './serve-output';
import { untilEnd } from './serve-end';
import { reloadOnChange } from './watch-reload';

const DEFAULT_HTTP = '127.0.0.1:2081';
/** The product's own (4/control-listener), where there are Unix sockets in the file system. */
const DEFAULT_CONTROL = platform() === 'win32' ? '127.0.0.1:2025' : '/tmp/2025';

const USAGE = `Usage: momentum-sim serve [OPTIONS] [CONF] [MODULE.lua...]

Starts a simulated server with a configuration (an ecelerity.conf), with modules, or with both, and serves until SIGINT
or SIGTERM, or until the console's shutdown. The paniclog goes to stderr, and so does what production would punish or
let pass in silence.

All listeners of the configuration listen where it says. Without one, HTTP is at ${DEFAULT_HTTP}, the console at
${DEFAULT_CONTROL}, and SMTP only where --smtp says.

Options:
  --http ADDR     where HTTP is served instead, or by the configuration's first HTTP_Listener: a port on loopback
                  (0: any) or host:port
  --smtp ADDR     the same for SMTP and the configuration's first ESMTP_Listener
  --control ADDR  the same for the console; the path of a Unix socket, too
  --watch         loads the configuration and the modules anew when one of their files changes, and prints what came
                  of it; what cannot be loaded leaves what is served as it is
  --domain NAME   a domain record that exists from the start; can be repeated
  --lib DIR       a further directory for require; can be repeated
  --no-strict     warns of what would crash or fail silently in production, instead of failing
  --strict        fails there (the default)
`;

const OPTIONS = {
  http: { type: 'string' },
  control: { type: 'string' },
  smtp: { type: 'string' },
  watch: { type: 'boolean', default: false },
  domain: { type: 'string', multiple: true, default: [] as string[] },
  lib: { type: 'string', multiple: true, default: [] as string[] },
  strict: { type: 'boolean' },
  'no-strict': { type: 'boolean' },
} as const;

/** `momentum-sim serve`: a server for curl, mail clients and the console. Ends with 0 on a signal, with 1 when the server crashes. */
export const serveCommand: Command = {
  summary: 'serves HTTP, SMTP and the console for a configuration or modules, until it is interrupted',
  usage: USAGE,
  async run(args) {
    const { values, positionals } = parsed(() =>
      parseArgs({ args, options: OPTIONS, allowPositionals: true }),
    );
    if (values.strict && values['no-strict']) throw new CommandLineError('--strict or --no-strict, not both');
    const { config, modules } = sourcesOf(positionals);
    const mta = await Momentum.start({
      config,
      modules,
      domains: values.domain,
      lib: values.lib,
      strict: !values['no-strict'],
      now: new Date(),
    });
    return serve(mta, { ...values, isConfigured: config !== undefined });
  },
};

/** What ends in .lua is a module, anything else the configuration. */
function sourcesOf(positionals: readonly string[]): { config: string | undefined; modules: string[] } {
  const isModule = (name: string) => name.endsWith('.lua');
  const [config, ...more] = positionals.filter((name) => !isModule(name));
  if (more.length > 0)
    throw new CommandLineError(`one configuration at most, not ${config} and ${more.join(' and ')}`);
  return { config, modules: positionals.filter(isModule) };
}

interface ServeOptions extends ServeAddresses {
  readonly watch: boolean;
  /** Listeners are those of a configuration. */
  readonly isConfigured: boolean;
}

/** Resolves to the exit status when everything is closed. */
async function serve(mta: Momentum, options: ServeOptions): Promise<number> {
  const ends: (() => void)[] = [];
  const status = await serveUntilEnd(mta, options, ends)
    // The clock still goes: deinit may wait for it.
    .finally(() => mta.stop())
    .finally(() => ends.forEach((end) => end()));
  return mta.crashed ? 1 : status;
}

async function serveUntilEnd(
  mta: Momentum,
  { watch, isConfigured, http, smtp, control }: ServeOptions,
  ends: (() => void)[],
): Promise<number> {
  const ended = untilEnd(mta);
  relayLogs(mta);
  const listeners = isConfigured
    ? await bindConfigured(mta, { http, smtp, control })
    : await bindFirst(mta, { http: http ?? DEFAULT_HTTP, smtp, control: control ?? DEFAULT_CONTROL });
  ends.push(followRealTime(mta.clock));
  if (watch) ends.push(watchSources(mta));
  process.stdout.write(overview(mta, listeners));
  return ended;
}

function watchSources(mta: Momentum): () => void {
  const news = listenerNews(mta);
  const print = (text: string) => void process.stdout.write(`${text}\n`);
  return reloadOnChange(mta, {
    print(text) {
      print(text);
      news().forEach(print);
    },
    warn: (text) => void process.stderr.write(`${text}\n`),
  });
}
