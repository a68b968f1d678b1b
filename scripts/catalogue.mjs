// Rebuilds src/catalogue/data/*.json from the reference files.
//
//   node scripts/catalogue.mjs <directory of the reference>
//
// Run once per change of the reference; the package builds and tests without it. Hand corrections live in
// src/catalogue/data/overlay/, which this script never touches. Every file is JSON with one entry per line:
// the reader parses only the lines that it is asked for.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const reference = process.argv[2];
if (!reference) {
  console.error('usage: node scripts/catalogue.mjs <directory of the reference>');
  process.exit(2);
}
const target = path.join(import.meta.dirname, '..', 'src', 'catalogue', 'data');
const read = (name) => JSON.parse(readFileSync(path.join(reference, `${name}.json`), 'utf8'));
const page = (doc) => doc?.replace(/\.md$/, '');

function write(name, record) {
  const lines = Object.entries(record).map(
    ([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`,
  );
  const text = `{\n${lines.join(',\n')}\n}\n`;
  writeFileSync(path.join(target, `${name}.json`), text);
  console.log(`${name}.json: ${lines.length} entries, ${Buffer.byteLength(text)} bytes`);
}

/** Drops what says nothing, so that absent means "not documented". */
function compact(object) {
  const full = ([, value]) => value != null && !(Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(object).filter(full));
}

const TYPE_NAMES = {
  integer: 'number',
  mixed: 'any',
  unknown: 'any',
  '...': 'any',
  curl: 'curl_easy',
  'xml node': 'xml_node',
  'xml document': 'xml_document',
  'json object': 'json_object',
  'http client': 'http_client',
  'http delivery session': 'http_session',
  'thread mutex': 'thread_mutex',
  'statvfs record': 'ec_statvfs',
  ec_statvfs_t: 'ec_statvfs',
};
const typeName = (type) => TYPE_NAMES[type] ?? type;
const union = (type) => [...new Set(type.split('|').map((part) => typeName(part.trim())))].join('|');

// ---- documented functions, methods and properties --------------------------------------------------------------

function parameter({ name, type, optional, default: fallback }) {
  return `${name}${optional ? '?' : ''}: ${union(type)}${fallback === undefined ? '' : ` = ${fallback}`}`;
}

function documented(entry) {
  const values = entry.params.filter((p) => p.values).map((p) => [p.name, p.values]);
  return compact({
    kind: entry.kind === 'property' ? 'property' : undefined,
    params: entry.params.map(parameter),
    returns: entry.returns.map((r) => [union(r.type), r.meaning, r.position]),
    phases: entry.phases,
    since: entry.since,
    requires: entry.requires,
    writable: entry.writable,
    values: values.length > 0 ? Object.fromEntries(values) : undefined,
    summary: entry.summary,
    hazard: entry.hazard,
    doc: page(entry.doc),
  });
}

const differentTypes = (returns) => {
  const known = returns.filter((r) => r.type !== 'unknown');
  return known.filter((r, i) => known.findIndex((other) => other.type === r.type) === i);
};

/** Pages that describe one form each (get, set, unset) become one entry that accepts every form. */
function mergeForms(forms) {
  const fixed = forms.map((form) => form.params.filter((p) => p.name !== '...'));
  const longest = fixed.reduce((a, b) => (b.length > a.length ? b : a));
  const params = longest.map((param, i) => ({
    ...param,
    type: [...new Set(fixed.map((f) => f[i]?.type).filter(Boolean))].join('|'),
    optional: fixed.some((f) => !f[i] || f[i].optional),
  }));
  const merged = documented({
    ...forms[0],
    params,
    returns: differentTypes(forms.flatMap((form) => form.returns)),
    summary: forms.map((form) => form.summary).join(' '),
    hazard:
      forms
        .map((form) => form.hazard)
        .filter(Boolean)
        .join(' ') || undefined,
  });
  return { ...merged, forms: forms.map((form) => [form.signature, page(form.doc)]) };
}

function api() {
  const byKey = new Map();
  for (const entry of read('msys-api')) {
    const separator = entry.kind === 'property' ? '.' : ':';
    const member = entry.name.split(/[.:]/).at(-1);
    const key = entry.receiver ? typeName(entry.receiver) + separator + member : entry.name;
    byKey.set(key, [...(byKey.get(key) ?? []), entry]);
  }
  const built = [...byKey].map(([key, forms]) => [
    key,
    forms.length > 1 ? mergeForms(forms) : documented(forms[0]),
  ]);
  return Object.fromEntries(built);
}

// ---- C functions -----------------------------------------------------------------------------------------------

/** Synopses that repeat the name of a neighbouring page. */
const NAME_OF_PAGE = {
  '3/3-api/apis-ec-datasource-cache-delref': 'ec_datasource_cache_delref',
  '3/3-api/apis-sieve-hash-next-item': 'sieve_hash_next_item',
};

const plain = (ctype) =>
  ctype
    .replace(/^\((.*)\)$/, '$1')
    .replace(/\bINLINE\b|^int (?=int)/g, '')
    .trim();

function cFunctions() {
  const rows = read('c-api').map((entry) => {
    const doc = page(entry.doc);
    const params = entry.params.filter((p) => p.name).map((p) => `${p.type} ${p.name}`.trim());
    const row = [plain(entry.returns), params.join('; '), doc];
    return [NAME_OF_PAGE[doc] ?? entry.name, entry.thread ? [...row, entry.thread] : row];
  });
  return Object.fromEntries(rows);
}

// ---- structs ---------------------------------------------------------------------------------------------------

/** The pages flatten nested declarations: `struct _x { T` is a field of type T; `}` names the nest itself. */
function fieldType(type) {
  if (/^(\.\.\. )?}|}$/.test(type) && !type.includes('enum')) return 'struct';
  if (/\benum\b.*{/.test(type)) return 'int';
  return type.slice(type.lastIndexOf('{') + 1).trim();
}

function structs() {
  const rows = read('c-structs').map(({ name, fields, doc }) => {
    const kept = fields.filter((f) => !/^(\.\.\. )?(}? ?typedef|struct$)|,$|\*,/.test(f.type));
    const types = Object.fromEntries(kept.map((f) => [f.name, fieldType(f.type)]));
    const key = name === 'string' ? 'ec_string' : name.replace(/ \(.*\)$/, '').replace(/^_+/, '');
    return [key, { doc: page(doc), fields: types }];
  });
  return Object.fromEntries(rows);
}

// ---- constants -------------------------------------------------------------------------------------------------

function constants() {
  const rows = read('constants').map((c) => {
    const row = [c.value, c.group, c.meaning, page(c.value_source ?? c.used_in?.[0])];
    while (row.length > 0 && row.at(-1) == null) row.pop();
    const namespace = c.lua_namespace?.replace(/ .*/, '');
    return [namespace ? `${namespace}.${c.name}` : c.qualified, row];
  });
  return Object.fromEntries(rows);
}

// ---- hooks -----------------------------------------------------------------------------------------------------

/** The scope is part of the page's name; `auto` pages describe core hooks. */
const SCOPES = [
  'delay-dsn',
  'generic-delivery',
  'msg-gen',
  'apn',
  'auto',
  'cluster',
  'config',
  'core',
  'gcm',
  'http',
];
const MORE_SCOPES = ['msgc', 'publish', 'restinj', 'sieve'];
const HOOK_OF_PAGE = {
  '3/3-api/hooks-core-log-client-connection-success': 'core_log_client_connection_success',
};

function hookKey(entry, doc) {
  if (HOOK_OF_PAGE[doc]) return HOOK_OF_PAGE[doc];
  const title = doc
    .split('/')
    .at(-1)
    .replace(/^hooks-/, '');
  const scope = [...SCOPES, ...MORE_SCOPES].find((s) => title.startsWith(`${s}-`));
  const prefix = `${scope === 'auto' ? 'core' : scope.replace('-', '_')}_`;
  return entry.name.startsWith(prefix) ? entry.name : prefix + entry.name;
}

function callouts() {
  const rows = read('hooks').map((entry) => {
    const doc = page(entry.doc);
    const params = entry.params.map((p) => `${p.type} ${p.name}`).join('; ');
    return [
      hookKey(entry, doc),
      compact({ returns: plain(entry.returns), c: params, thread: entry.thread, doc }),
    ];
  });
  return Object.fromEntries(rows);
}

// ---- packages --------------------------------------------------------------------------------------------------

/** What any entry requires: value is unused, the keys are the list. */
function packages(apiRows, constantRows) {
  const required = Object.values(apiRows).flatMap((row) => row.requires ?? []);
  const namespaces = Object.keys(constantRows).map((name) =>
    name.slice(0, Math.max(name.lastIndexOf('.'), 0)),
  );
  const names = [...new Set([...required, ...namespaces.filter(Boolean)])].sort();
  return Object.fromEntries(names.map((name) => [name, 1]));
}

const apiRows = api();
const constantRows = constants();
write('api', apiRows);
write('packages', packages(apiRows, constantRows));
write('c-functions', cFunctions());
write('structs', structs());
write('constants', constantRows);
write('callouts', callouts());
