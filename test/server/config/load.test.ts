import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Configuration } from '../../../src/server/config/configuration';
import { configFiles } from '../../../src/server/config/files';
import { VirtualFiles } from '../../../src/server/files/virtual-files';
import { ConfigError } from '../../../src/support/errors';
import { memoryFiles } from './support';

const MAIN = '/etc/conf/default/ecelerity.conf';

function load(
  files: Record<string, string>,
  main = MAIN,
  searchPath = ['/etc/conf/global', '/etc/conf/default'],
) {
  return Configuration.load({ file: main }, memoryFiles(files), { searchPath });
}

const valueOf = (files: Record<string, string>, option = 'x') => load(files).get([], option)?.text;

test('a file beside the including one comes first, then the search path, then absolute paths', () => {
  const include = { [MAIN]: 'include "other.conf"' };
  const beside = { '/etc/conf/default/other.conf': 'x = beside' };
  const global = { '/etc/conf/global/other.conf': 'x = global' };
  expect(valueOf({ ...include, ...beside, ...global })).toBe('beside');
  expect(valueOf({ ...include, ...global })).toBe('global');
  expect(valueOf({ [MAIN]: 'include "/opt/o.conf"', '/opt/o.conf': 'x = opt' })).toBe('opt');
  expect(valueOf({ [MAIN]: 'include "file:///opt/o.conf"', '/opt/o.conf': 'x = uri' })).toBe('uri');
});

test('a directory: visible files in alphabetical order, no sub-directories', () => {
  const configuration = load({
    [MAIN]: 'readonly_include "conf.d"',
    '/etc/conf/default/conf.d/b.conf': 'x = b\nb = 1',
    '/etc/conf/default/conf.d/a.conf': 'x = a\na = 1',
    '/etc/conf/default/conf.d/.hidden': 'x = hidden\nhidden = 1',
    '/etc/conf/default/conf.d/deeper/c.conf': 'c = 1',
  });
  expect(['x', 'a', 'b', 'hidden', 'c'].map((name) => configuration.get([], name)?.text)).toEqual([
    'b',
    '1',
    '1',
    undefined,
    undefined,
  ]);
});

test('an include in a stanza adds to the stanza', () => {
  const files = {
    [MAIN]: 'domain a.test { include "d.conf" }',
    '/etc/conf/default/d.conf': 'gateway = "gw"',
  };
  expect(
    load(files)
      .get([['domain', 'a.test']], 'Gateway')
      ?.toJSON(),
  ).toEqual({
    name: 'Gateway',
    value: 'gw',
    source: "scope 'Domain:a.test:'",
  });
});

test('which files can be written', () => {
  const configuration = load({
    [MAIN]: 'include "a" readonly_include "b" include "c" domain x { include "c" }',
    '/etc/conf/default/a': '',
    '/etc/conf/default/b': '',
    '/etc/conf/default/c': '',
  });
  expect(configuration.files.map(({ path: file, isWritable }) => [path.basename(file), isWritable])).toEqual([
    ['ecelerity.conf', true],
    ['a', true],
    ['b', false],
    ['c', false],
  ]);
});

test('Local_Changes_File is read after everything, wherever the option stands', () => {
  const main = { [MAIN]: 'Local_Changes_File = "local.conf"\nx = main' };
  const local = { '/etc/conf/default/local.conf': 'x = local' };
  expect(valueOf({ ...main, ...local })).toBe('local');
  expect(valueOf(main)).toBe('main');
  expect(load(main).localChangesFile).toBe('/etc/conf/default/local.conf');
});

test.each([
  ['a missing file', { [MAIN]: '\n include "nowhere"' }, MAIN, 2, 2, 'no such file or directory'],
  ['another kind of URI', { [MAIN]: 'include "http://a/b"' }, MAIN, 1, 1, 'no other kind of URI'],
  ['itself', { [MAIN]: `include "${MAIN}"` }, MAIN, 1, 1, 'includes itself'],
  [
    'each other',
    { [MAIN]: 'include "a"', '/etc/conf/default/a': 'x = 1 include "ecelerity.conf"' },
    '/etc/conf/default/a',
    1,
    7,
    'includes itself',
  ],
  [
    'a local changes file that is included',
    { [MAIN]: 'include "a" local_changes_file = "a"', '/etc/conf/default/a': '' },
    MAIN,
    1,
    13,
    'is a part of the configuration already',
  ],
])('refused: %s', (_, files: Record<string, string>, file, line, column, reason) => {
  const error = errorOf(() => load(files));
  expect(error).toMatchObject({ file, line, column });
  expect(error.message).toContain(reason);
  expect(error.excerpt).toContain('^');
});

test('a syntax error names the included file', () => {
  const files = { [MAIN]: 'include "a"', '/etc/conf/default/a': 'x = {\n' };
  expect(errorOf(() => load(files))).toMatchObject({ file: '/etc/conf/default/a', code: 'CONFIG_SYNTAX' });
});

test('a main file that is missing', () => {
  expect(errorOf(() => load({})).message).toBe(
    `Unable to open the configuration file '${MAIN}': no such file`,
  );
});

test('files in memory before those on disk, which stay as they are', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'config-'));
  try {
    mkdirSync(path.join(root, 'd'));
    writeFileSync(path.join(root, 'main.conf'), 'include "d"\nx = disk');
    writeFileSync(path.join(root, 'd', 'one'), 'one = disk');
    const virtual = new VirtualFiles([], [], { now: () => new Date(0) });
    virtual.set(path.join(root, 'd', 'two'), 'two = memory');
    const files = configFiles(virtual);
    const read = () => Configuration.load({ file: path.join(root, 'main.conf') }, files);
    expect(['x', 'one', 'two'].map((name) => read().get([], name)?.text)).toEqual(['disk', 'disk', 'memory']);
    files.writeFile(path.join(root, 'd', 'one'), 'one = memory');
    expect(read().get([], 'one')?.text).toBe('memory');
    expect(files.listDirectory(path.join(root, 'nowhere'))).toBeUndefined();
  } finally {
    rmSync(root, { recursive: true });
  }
});

function errorOf(work: () => unknown): ConfigError {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
