import { callerOf, LuaRaise, LuaTable, toDisplay, type HostCall, type LuaValue } from '../lua';
import { AcceptConstruct } from '../server/accept-construct';
import { SeriesError, SERIES_TYPES, type AuditSeries, type SeriesType } from '../server/audit-series';
import { blockText } from './peer';
import type { ApiTable, Runtime } from './runtime';
import { text } from './values';

const wholeNumber = (value: number) => Number.isInteger(value) && value > 0;

function define({ server }: Runtime, args: LuaValue[], call: HostCall): undefined {
  const [name, type, interval, windows, options] = args;
  const shape = { type: text(type) as SeriesType, interval: Number(interval), windows: Number(windows) };
  if (!SERIES_TYPES.includes(shape.type))
    throw new LuaRaise(`bad argument #2 to 'define' (one of ${SERIES_TYPES.join(', ')} expected)`);
  if (!wholeNumber(shape.interval) || !wholeNumber(shape.windows))
    throw new LuaRaise("bad argument to 'define' (a whole number of seconds and of windows expected)");
  const replicate = options instanceof LuaTable ? options.get('replicate') : undefined;
  if (replicate === 'cluster') {
    const message = `the audit series '${toDisplay(text(name))}' has replicate = "cluster": on a single node, which this is, such a series never counts anything.`;
    if (server.report('SERIES_NEVER_COUNTS', message, callerOf(call.L))) throw new LuaRaise(message);
  }
  server.facilities.auditSeries.define(text(name), { ...shape, counts: replicate !== 'cluster' });
}

function seriesOf({ server }: Runtime, name: LuaValue, member: string): AuditSeries {
  const series = server.facilities.auditSeries.get(text(name));
  if (series) return series;
  throw new LuaRaise(`msys.audit_series.${member}: there is no audit series '${toDisplay(text(name))}'`);
}

const option = (options: LuaValue, key: string): LuaValue =>
  options instanceof LuaTable ? options.get(key) : key === 'key' ? options : undefined;

/** The key of a call: without one, the peer's address, which a series of strings does not take. */
function keyOf(series: AuditSeries, key: LuaValue, call: HostCall, member: string): string {
  const name = `msys.audit_series.${member}`;
  if (key instanceof AcceptConstruct) return key.remoteAddress.host;
  const given = key === undefined ? undefined : text(key);
  if (series.shape.type !== 'string') return blockText(given, call, name);
  if (given === undefined) throw new LuaRaise(`${name}: a series of strings needs a key`);
  return given;
}

/** What a series does not take is an error of the script. */
export function refusing<R>(name: string, work: () => R): R {
  try {
    return work();
  } catch (error) {
    throw error instanceof SeriesError ? new LuaRaise(`${name}: ${error.message}`) : error;
  }
}

const numberOption = (options: LuaValue, key: string, fallback: number): number =>
  Number(option(options, key) ?? fallback);

/** `msys.audit_series` (4/lua/ref-msys-audit-series-define, -add, -count, -remove-item). Nothing is written to disk. */
export const auditSeries: ApiTable = {
  'msys.audit_series.define': define,
  'msys.audit_series.add': (runtime, [name, options], call) => {
    const series = seriesOf(runtime, name, 'add');
    const key = keyOf(series, option(options, 'key'), call, 'add');
    refusing('msys.audit_series.add', () => series.add(key, numberOption(options, 'count', 1)));
    return undefined;
  },
  'msys.audit_series.count': (runtime, [name, options], call) => {
    const series = seriesOf(runtime, name, 'count');
    const key = keyOf(series, option(options, 'key'), call, 'count');
    return refusing('msys.audit_series.count', () =>
      series.count(key, numberOption(options, 'startv', 0), numberOption(options, 'endv', 0)),
    );
  },
  'msys.audit_series.remove_item': (runtime, [name, given], call) => {
    const series = seriesOf(runtime, name, 'remove_item');
    const key = keyOf(series, given, call, 'remove_item');
    refusing('msys.audit_series.remove_item', () => series.remove(key));
    return undefined;
  },
};
