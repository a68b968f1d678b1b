/** What `momentum-sim serve` says. */
import type { Momentum } from '../momentum';
import type { Diagnostic } from '../server/diagnostics';
import type { LogEntry } from '../server/logs';
import { packageVersion } from './version';

/** Copies the paniclog and the diagnostics to stderr: what has come so far, and then what comes. */
export function relayLogs(mta: Momentum): void {
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

/** What is served, and where. */
export function overview(mta: Momentum, listeners: readonly string[]): string {
  const endpoints = mta.endpoints.map(({ method, path }) => `  ${method ?? '*'} ${path}`);
  const commands = mta.commands.map((prefix) => `  ${prefix}`);
  const none = '  (none)';
  return [
    `momentum-sim ${packageVersion()}`,
    'endpoints:',
    ...(endpoints.length > 0 ? endpoints : [none]),
    'commands:',
    ...(commands.length > 0 ? commands : [none]),
    ...listeners,
    '',
  ].join('\n');
}
