/** The package as its users get it: packed, installed into a project of its own, and used as README.md says. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ConfigError, Momentum } from 'momentum-sim';
import { build } from './helpers/build';
import { Program, ROOT, type Outcome } from './helpers/cli';

const rootRequire = createRequire(path.join(ROOT, 'package.json'));
const TSC = rootRequire.resolve('typescript/bin/tsc');
const JEST = rootRequire.resolve('jest/bin/jest');

let project: string;

const node = (args: string[], cwd = project): Promise<Outcome> =>
  new Program(process.execPath, args, { cwd }).outcome();
const write = (name: string, text: string) => writeFileSync(path.join(project, name), text);

/** The code of README.md's block after the heading. */
function readmeBlock(heading: string, language: string): string {
  const readme = readFileSync(path.join(ROOT, 'README.md'), 'utf8');
  const section = readme.split(/^## /m).find((text) => text.startsWith(`${heading}\n`));
  const block = new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, 'm').exec(section ?? '');
  if (!block) throw new Error(`README.md has no ${language} block under '${heading}'`);
  return block[1]!;
}

beforeAll(async () => {
  build();
  project = mkdtempSync(path.join(tmpdir(), 'momentum-sim-package-'));
  const installed = path.join(project, 'node_modules/momentum-sim');
  mkdirSync(installed, { recursive: true });
  // Without scripts: `prepare` would build once more, under the feet of other tests.
  const pack = await new Program('npm', ['pack', '--ignore-scripts', '--pack-destination', project], {
    cwd: ROOT,
  }).outcome();
  const tarball = path.join(project, pack.stdout.trim().split('\n').at(-1)!);
  await new Program('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1']).outcome();
  // What the package depends on, and what the README's test needs besides it.
  const { dependencies } = rootRequire('./package.json') as { dependencies: Record<string, string> };
  for (const name of [...Object.keys(dependencies), 'supertest']) {
    const target = path.join(project, 'node_modules', name);
    mkdirSync(path.dirname(target), { recursive: true });
    symlinkSync(path.join(ROOT, 'node_modules', name), target);
  }
  write('package.json', '{ "private": true }');
}, 120_000);
afterAll(() => rmSync(project, { recursive: true, force: true }));

const USE = `
  const mta = await Momentum.start({ modules: ['node_modules/momentum-sim/fixtures/example.lua'] });
  console.log(mta.commands.join());
  await mta.stop();`;

test.each([
  ['CommonJS', 'use.cjs', `const { Momentum } = require('momentum-sim');\n(async () => {${USE}\n})();`],
  ['an ES module', 'use.mjs', `import { Momentum } from 'momentum-sim';${USE}`],
])('loads from %s', async (_kind, file, source) => {
  write(file, source);
  expect(await node([file])).toMatchObject({ status: 0, stderr: '', stdout: 'hold_domain\n' });
});

it('has its command line', async () => {
  const { bin, version } = JSON.parse(
    readFileSync(path.join(project, 'node_modules/momentum-sim/package.json'), 'utf8'),
  ) as { bin: Record<string, string>; version: string };
  const file = path.join(project, 'node_modules/momentum-sim', bin['momentum-sim']!);
  const outcome = await new Program(file, ['--version'], { cwd: project }).outcome();
  expect(outcome).toMatchObject({ status: 0, stdout: `${version}\n` });
});

describe('its types resolve', () => {
  const SOURCE = `
    import { Momentum, type DomainView } from 'momentum-sim';
    import 'momentum-sim/jest';
    const view: DomainView | undefined = (await Momentum.start({ domains: ['example.com'] })).domain('example.com');
    expect(view).toBeDelayed({ note: '451' });
    // @ts-expect-error -- no such option
    await Momentum.start({ domain: 'example.com' });
  `;

  test.each([
    ['node16', 'node16', false],
    // The declarations themselves have been checked above.
    ['bundler', 'esnext', true],
  ])(
    'with moduleResolution %s',
    async (moduleResolution, module, skipLibCheck) => {
      write(`types-${module}.mts`, SOURCE);
      const compilerOptions = {
        strict: true,
        skipLibCheck,
        noEmit: true,
        target: 'es2022',
        lib: ['es2023', 'esnext.disposable'],
        module,
        moduleResolution,
        types: ['node', 'jest'],
        typeRoots: [path.join(ROOT, 'node_modules/@types')],
      };
      write(`tsconfig-${module}.json`, JSON.stringify({ compilerOptions, files: [`types-${module}.mts`] }));
      expect(await node([TSC, '-p', `tsconfig-${module}.json`])).toMatchObject({ status: 0, stdout: '' });
    },
    60_000,
  );
});

describe('README.md', () => {
  it('shows a test that works', async () => {
    const source = readmeBlock('A first test', 'js');
    expect(source.trimEnd().split('\n').length).toBeLessThanOrEqual(20);
    write('example.test.js', source);
    const { status, stderr } = await node([JEST, '--rootDir', project, '--watchman=false', '--ci']);
    expect(stderr).toMatch(/Tests: +1 passed, 1 total/);
    expect(status).toBe(0);
  }, 60_000);

  it('shows tests of mail in docs/mail.md', async () => {
    const [, source = ''] = /^```js\n([^]*?)^```/m.exec(
      readFileSync(path.join(ROOT, 'docs/mail.md'), 'utf8'),
    )!;
    write('mail.test.js', source);
    const { status, stderr } = await node([JEST, 'mail.test.js']);
    expect(stderr).toMatch(/^Tests: +2 passed, 2 total$/m);
    expect(status).toBe(0);
  });

  it('shows what the demo prints', async () => {
    const { status, stdout, stderr } = await node(['scripts/demo.mjs'], ROOT);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const shown = readmeBlock('Try it', 'text').split('…\n');
    expect(shown.length).toBeGreaterThan(1);
    for (const part of shown) expect(stdout).toContain(part);
  });

  it('shows how an error looks', async () => {
    const source = readmeBlock('How errors look', 'lua');
    const start = Momentum.start({ modules: [{ name: 'hold.lua', source }] });
    await expect(start).rejects.toThrow(ConfigError);
    await expect(start).rejects.toThrow(readmeBlock('How errors look', 'text').trimEnd());
  });
});
