import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { VirtualClock } from '../../../src/server/clock';
import { readFilesOption, type FilesOption } from '../../../src/server/files/fixtures';
import { VirtualFiles } from '../../../src/server/files/virtual-files';

const READ = { read: true, write: false, create: false, truncate: false, exclusive: false };
const WRITE = { read: false, write: true, create: true, truncate: true, exclusive: false };
const APPEND = { ...WRITE, truncate: false };

let root: string;
beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), 'momentum-sim-files-'));
  mkdirSync(path.join(root, 'full'));
  mkdirSync(path.join(root, 'empty'));
  writeFileSync(path.join(root, 'real.txt'), 'real');
  writeFileSync(path.join(root, 'full/inner.txt'), 'inner');
});
afterAll(() => rmSync(root, { recursive: true }));

const clock = new VirtualClock(0);
const filesWith = (option: FilesOption = {}) => new VirtualFiles(readFilesOption(option), [root], clock);
const real = (name: string) => path.join(root, name);

/** What a script does with one file: opens it and writes. */
function write(files: VirtualFiles, name: string, text: string, mode = WRITE): void {
  const file = files.scripts.open(name, mode);
  file.write(Buffer.from(text), file.size());
}

function read(files: VirtualFiles, name: string): string {
  return Buffer.from(files.scripts.open(name, READ).read(0, 100)).toString();
}

function codeOf(operation: () => unknown): unknown {
  try {
    operation();
  } catch (error) {
    return (error as { code: unknown }).code;
  }
  return undefined;
}

describe('what the test gives', () => {
  it('is there as text and as bytes', () => {
    const files = filesWith({ '/etc/a.txt': 'ä', '/etc/b.bin': Buffer.from([255, 0]) });
    expect(files.text('/etc/a.txt')).toBe('ä');
    expect(files.get('/etc/a.txt')).toEqual(Buffer.from([0xc3, 0xa4]));
    expect(files.get('/etc/b.bin')).toEqual(Buffer.from([255, 0]));
    expect(files.text('/etc/b.bin')).toBe('\xff\0');
    expect(files.get('/etc/none')).toBeUndefined();
    expect(files.changes).toEqual([]);
  });

  it('is a copy in both directions', () => {
    const bytes = Buffer.from('abc');
    const files = filesWith({ '/f': bytes });
    bytes[0] = 0;
    files.get('/f')![1] = 0;
    expect(files.text('/f')).toBe('abc');
  });

  it('can change at any time', () => {
    const files = filesWith();
    files.set('/new/dir/f', 'one');
    expect(read(files, '/new/dir/f')).toBe('one');
    files.set('/new/dir/f', 'two');
    expect(read(files, '/new/dir/f')).toBe('two');
    expect(files.delete('/new/dir/f')).toBe(true);
    expect(files.delete('/new/dir/f')).toBe(false);
    expect(codeOf(() => read(files, '/new/dir/f'))).toBe('ENOENT');
    expect(files.changes).toEqual([]);
  });

  it('may be relative to the working directory', () => {
    const files = filesWith({ 'list.txt': 'x' });
    expect(files.paths).toEqual([path.resolve('list.txt')]);
    expect(read(files, './list.txt')).toBe('x');
  });

  it('has names that scripts give as bytes', () => {
    expect(read(filesWith({ '/ä': 'x' }), '/\xc3\xa4')).toBe('x');
  });

  it('cannot lie below a file', () => {
    expect(() => filesWith({ '/f': '', '/f/g': '' })).toThrow('not a directory');
  });
});

describe('real files', () => {
  it('are read below the roots only', () => {
    const files = filesWith();
    expect(read(files, real('real.txt'))).toBe('real');
    expect(files.text(real('full/inner.txt'))).toBe('inner');
    expect(files.has(real('full'))).toBe(false);
    expect(codeOf(() => read(files, __filename))).toBe('ENOENT');
    expect(files.paths).toEqual([]);
  });

  it.each<[string, (files: VirtualFiles) => void, string | undefined]>([
    ['appending', (files) => write(files, real('real.txt'), '!', APPEND), 'real!'],
    ['replacing', (files) => write(files, real('real.txt'), 'new'), 'new'],
    ['removing', (files) => files.scripts.remove(real('real.txt')), undefined],
    ['renaming', (files) => files.scripts.rename(real('real.txt'), real('other.txt')), undefined],
    ['hiding', (files) => files.delete(real('real.txt')), undefined],
  ])('%s leaves the disk alone', (_case, change, text) => {
    const files = filesWith();
    change(files);
    expect(files.text(real('real.txt'))).toBe(text);
    expect(readFileSync(real('real.txt'), 'utf8')).toBe('real');
    expect(filesWith().text(real('real.txt'))).toBe('real');
  });
});

describe('what scripts do', () => {
  it('is recorded, each opening once, with its virtual time', async () => {
    const files = filesWith({ '/log/': '' });
    write(files, '/log/a', 'one');
    await clock.advance('1s');
    const file = files.scripts.open('/log/a', APPEND);
    file.write(Buffer.from('two'), 3);
    file.write(Buffer.from('three'), 6);
    files.scripts.open('/log/a', APPEND).close();
    read(files, '/log/a');
    files.scripts.rename('/log/a', '/log/b');
    files.scripts.remove('/log/b');
    const [start, later] = [new Date(0), new Date(1000)];
    expect(files.changes).toEqual([
      { operation: 'write', path: '/log/a', at: start },
      { operation: 'write', path: '/log/a', at: later },
      { operation: 'rename', path: '/log/a', to: '/log/b', at: later },
      { operation: 'remove', path: '/log/b', at: later },
    ]);
  });

  it('shows in the list of all files', () => {
    const files = filesWith({ '/b': 'fixture' });
    write(files, '/tmp/a', 'written');
    expect([...files].map(([at, content]) => [at, content.toString()])).toEqual([
      ['/b', 'fixture'],
      ['/tmp/a', 'written'],
    ]);
  });

  it.each<[code: string, operation: (files: VirtualFiles) => unknown]>([
    ['ENOENT', (files) => files.scripts.open('/home/me/f', WRITE)],
    ['EISDIR', (files) => files.scripts.open('/data', WRITE)],
    ['EISDIR', (files) => files.scripts.open('/data', READ).read(0, 1)],
    ['EEXIST', (files) => files.scripts.open('/data/f', { ...WRITE, exclusive: true })],
    ['ENOTDIR', (files) => files.scripts.open('/data/f/g/h', READ)],
    ['ENOTEMPTY', (files) => files.scripts.remove('/data')],
    ['ENOTEMPTY', (files) => files.scripts.remove(real('full'))],
    ['ENOTEMPTY', (files) => files.scripts.rename('/more', '/data')],
    ['EINVAL', (files) => files.scripts.rename('/data', '/data/deep/data')],
    ['ENOTDIR', (files) => files.scripts.rename('/data', '/data2')],
    ['EISDIR', (files) => files.scripts.rename('/data/f', '/more')],
    ['EXDEV', (files) => files.scripts.rename(real('full'), '/tmp/full')],
    ['EFBIG', (files) => files.scripts.open('/data/f', WRITE).write(Buffer.from('x'), 2 ** 40)],
  ])('%s: %s', (code, operation) => {
    const files = filesWith({ '/data/f': '', '/data/deep/': '', '/data2': '', '/more/': '' });
    expect(codeOf(() => operation(files))).toBe(code);
  });

  it('removes directories that hold nothing', () => {
    const files = filesWith({ '/data/f': '' });
    files.scripts.remove('/data/f');
    files.scripts.remove('/data');
    files.scripts.remove(real('empty'));
    for (const name of ['/data/f', real('empty/f')])
      expect(codeOf(() => files.scripts.open(name, WRITE))).toBe('ENOENT');
  });

  it('moves directories with what they hold', () => {
    const files = filesWith({ '/a/b/c': 'x', '/a/d': 'y', '/ab': 'z' });
    files.scripts.rename('/a', '/tmp/new');
    expect(files.paths).toEqual(['/ab', '/tmp/new/b/c', '/tmp/new/d']);
    expect(codeOf(() => files.scripts.open('/a/e', WRITE))).toBe('ENOENT');
  });

  it('gets temporary names that nothing else has', () => {
    const files = filesWith();
    const [first, second] = [files.scripts.temporaryName(), files.scripts.temporaryName()];
    expect(first).not.toBe(second);
    expect(files.paths).toEqual([first, second]);
  });
});

test.each<[string, unknown, string]>([
  ['text', 'a', "option files: an object { 'path': text or Buffer } expected"],
  ['a list', [], 'option files: an object'],
  ['a number', { '/f': 1 }, "option files, '/f': text or a Buffer expected"],
  ['a directory with content', { '/f/': 'x' }, 'is a directory'],
])('the option as %s', (_case, option, message) => {
  expect(() => readFilesOption(option)).toThrow(message);
});
