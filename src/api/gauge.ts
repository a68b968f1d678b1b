import { LuaRaise, toDisplay, type LuaValue } from '../lua';
import type { GaugeCache } from '../server/gauges';
import type { ApiImplementation, ApiTable, Runtime } from './runtime';
import { text } from './values';

function cacheOf({ server }: Runtime, name: LuaValue, member: string): GaugeCache {
  const cache = server.facilities.gaugeCaches.get(text(name));
  if (cache) return cache;
  throw new LuaRaise(
    `msys.gauge_cache.${member}: there is no gauge cache '${toDisplay(text(name))}'; msys.gauge_cache.define makes one`,
  );
}

const change =
  (member: string, effect: (cache: GaugeCache, key: string) => void): ApiImplementation =>
  (runtime, [name, key]) => {
    effect(cacheOf(runtime, name, member), text(key));
    return undefined;
  };

function positive(value: LuaValue, index: number): number {
  const number = Number(value);
  if (Number.isFinite(number) && number > 0) return number;
  throw new LuaRaise(`bad argument #${index} to 'define' (a positive number expected, got ${number})`);
}

/** `msys.gauge_cache` (4/lua/ref-msys-gauge-cache-define and its neighbours). No cluster: replicated caches are local. */
export const gauge: ApiTable = {
  'msys.gauge_cache.define': ({ server }, [name, maxElements, ttl]) => {
    server.facilities.gaugeCaches.define(text(name), positive(maxElements, 2), positive(ttl, 3));
    return undefined;
  },
  'msys.gauge_cache.inc': change('inc', (cache, key) => cache.add(key, 1)),
  'msys.gauge_cache.dec': change('dec', (cache, key) => cache.add(key, -1)),
  'msys.gauge_cache.get': (runtime, [name, key]) => cacheOf(runtime, name, 'get').get(text(key)),
  'msys.gauge_cache.remove_item': change('remove_item', (cache, key) => cache.delete(key)),
};
