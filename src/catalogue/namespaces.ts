import { lazy, LineTable } from './data';
import { identities } from './entries';

/** Packages that the documentation requires or names as a script's source, without a function of their own. */
const BARE_PACKAGES = [
  'msys',
  'msys.boot',
  'msys.datasource',
  'msys.extended.vctx',
  'msys.extender',
  'msys.gc_stats',
  'msys.getopt',
  'msys.mobility',
  'msys.rest.templates',
  'msys.rest.users',
  'msys.xmpp.presence',
  'opendkim.dkim',
  'pcre',
  'strict',
];

/** Tables of the default policy (`3/3-policy/policy-default-configuration`). */
const BARE_NAMESPACES = ['msys.dp_config', 'msys.dp_config.custom_policy'];

const withParents = (name: string): string[] =>
  name.split('.').map((_, i, segments) => segments.slice(0, i + 1).join('.'));

/** Every dotted path under which functions or constants live, with its parents; sorted. */
export const namespaces = lazy((): readonly string[] => {
  const own = identities().filter(({ receiver, namespace }) => receiver === undefined && namespace !== '');
  const all = [...new Set(own.map(({ namespace }) => namespace)), ...BARE_NAMESPACES].flatMap(withParents);
  return [...new Set(all)].sort();
});

const namespaceSet = lazy(() => new Set(namespaces()));

export const isNamespace = (name: string): boolean => namespaceSet().has(name);

/** What `require` accepts: what any entry requires, and the packages without entries; sorted. */
export const packages = lazy((): readonly string[] => {
  const required = new LineTable<1>('packages.json').keys();
  return [...new Set([...required, ...BARE_PACKAGES])].sort();
});

const packageSet = lazy(() => new Set(packages()));

export const isPackage = (name: string): boolean => packageSet().has(name);
