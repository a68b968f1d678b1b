/** The listeners of `momentum-sim serve`, and a line about each for the overview. */
import type { BoundListeners, Momentum } from '../momentum';
import type { Configuration } from '../server/config/configuration';
import type { ConfigListener } from '../server/config/listeners';
import { UsageError } from '../support/errors';

/** What the command line says; each takes the place of the address of the first listener of its kind. */
export interface ServeAddresses {
  readonly http?: string | undefined;
  readonly smtp?: string | undefined;
  readonly control?: string | undefined;
}

const KINDS = ['http', 'smtp', 'control'] as const;
type Kind = (typeof KINDS)[number];
interface Problem {
  readonly message: string;
  readonly isInUse: boolean;
}

type Bound = BoundListeners[Kind][number];

const STANZAS: Readonly<Record<Kind, string>> = {
  http: 'HTTP_Listener',
  smtp: 'ESMTP_Listener',
  control: 'Control_Listener',
};

/** Binds the first listener of each kind that an address is given for. Rejects with UsageError. */
export async function bindFirst(mta: Momentum, addresses: ServeAddresses): Promise<string[]> {
  const lines: string[] = [];
  for (const kind of KINDS) {
    const address = addresses[kind];
    if (address === undefined) continue;
    const bound = await explained(
      () => mta.listen({ [kind]: address }),
      ({ message, isInUse }) =>
        `--${kind}: ${isInUse ? `${address} is in use already; give another address, or 0 for any free port` : message}`,
    );
    lines.push(lineOf(kind, bound[kind]!, configured(mta, kind)[0]));
  }
  return lines;
}

/** Binds all listeners of the configuration that are enabled. Rejects with UsageError. */
export async function bindConfigured(mta: Momentum, addresses: ServeAddresses): Promise<string[]> {
  const { http, smtp, control } = addresses;
  if (control !== undefined)
    return [...(await bindOneOfEach(mta, addresses)), ...unserved(mta.configuration)];
  const lines = await bindFirst(mta, { http, smtp });
  const bound = await explained(
    () => mta.listenConfigured(),
    ({ message, isInUse }) =>
      `a listener of the configuration cannot listen: ${message}${isInUse ? '; give the first of its kind another address with --http, --smtp or --control' : ''}`,
  );
  const [replaced] = http === undefined ? [] : configured(mta, 'http');
  const waiting = enabled(mta, 'http').filter(({ address }) => address !== replaced?.address);
  bound.http.forEach((address, i) => lines.push(lineOf('http', address, waiting[i])));
  bound.smtp.forEach((address) => lines.push(lineOf('smtp', address)));
  bound.control.forEach((address) => lines.push(lineOf('control', address)));
  return [...lines, ...unserved(mta.configuration)];
}

/** The console can be put elsewhere while all that is enabled is the first listener of its kind. */
async function bindOneOfEach(mta: Momentum, addresses: ServeAddresses): Promise<string[]> {
  for (const kind of KINDS) {
    const [first] = configured(mta, kind);
    const other = enabled(mta, kind).find(({ address }) => address !== first?.address);
    if (other)
      throw new UsageError(
        `--control: the configuration has several listeners (${STANZAS[kind]} "${other.address}"): change the address in its Control_Listener instead`,
      );
  }
  const [web] = enabled(mta, 'http');
  const [mail] = enabled(mta, 'smtp');
  const { http = web?.address, smtp = mail?.address, control } = addresses;
  return bindFirst(mta, { http, smtp, control });
}

/** Names listeners, each once, that a reload has brought and that no socket was bound for. */
export function listenerNews(mta: Momentum): () => string[] {
  const names = () =>
    KINDS.flatMap((kind) => enabled(mta, kind).map(({ address }) => `${STANZAS[kind]} "${address}"`));
  const known = new Set(names());
  return () => {
    const news = names().filter((name) => !known.has(name));
    for (const name of news) known.add(name);
    return news.map((name) => `not bound: ${name}; start serve again for it`);
  };
}

const configured = ({ configuration }: Momentum, kind: Kind) => configuration.listeners(STANZAS[kind]);
const enabled = (mta: Momentum, kind: Kind) => configured(mta, kind).filter((listener) => listener.enabled);

async function explained<T>(bind: () => Promise<T>, explain: (problem: Problem) => string): Promise<T> {
  try {
    return await bind();
  } catch (error) {
    const { code, cause, message } = error as NodeJS.ErrnoException;
    const isInUse = [code, (cause as NodeJS.ErrnoException | undefined)?.code].includes('EADDRINUSE');
    throw new UsageError(explain({ message, isInUse }), { cause: error });
  }
}

function lineOf(kind: Kind, bound: Bound, listener?: ConfigListener): string {
  const isWeb = kind === 'http' && 'port' in bound;
  return `${kind}: ${isWeb ? `${schemeOf(listener)}://` : ''}${shown(bound)}`;
}

/** A listener speaks HTTPS with a certificate of its own, or with the global one when it is told to. */
function schemeOf(listener: ConfigListener | undefined): 'http' | 'https' {
  const certificate = listener?.option('TLS_Certificate', LOOPBACK);
  if (!certificate || ['', 'none', 'null'].includes(certificate.text.toLowerCase())) return 'http';
  const useSsl = listener?.option('Use_SSL', LOOPBACK);
  const isTold = useSsl?.source.kind === 'option';
  const isOwn = certificate.source.kind === 'option' && certificate.source.path.length > 0;
  return (isTold ? useSsl.boolean() : isOwn) ? 'https' : 'http';
}

const LOOPBACK = '127.0.0.1';

function shown(bound: Bound): string {
  if ('path' in bound) return bound.path;
  return bound.address.includes(':') ? `[${bound.address}]:${bound.port}` : `${bound.address}:${bound.port}`;
}

/** Listeners of other kinds. */
function unserved(configuration: Configuration): string[] {
  const served = Object.values(STANZAS).map((name) => name.toLowerCase());
  const types = new Set(configuration.root.children.map(({ type }) => type.toLowerCase()));
  return [...types]
    .filter((type) => type.endsWith('_listener') && !served.includes(type))
    .flatMap((type) => {
      const listeners = configuration.listeners(type).filter((listener) => listener.enabled);
      const addresses = listeners.map(({ address }) => `"${address}"`).join(', ');
      return listeners
        .slice(0, 1)
        .map(({ kind }) => `not served: ${kind} ${addresses} (this kind of listener is not simulated)`);
    });
}
