import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Program, ROOT } from '../helpers/cli';

/** What `jest --json` writes, as far as it is looked at here. */
interface Report {
  readonly success: boolean;
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly {
      readonly title: string;
      readonly status: 'passed' | 'failed';
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

const LUA = `local mod = {}
local calls = 0

local function greet(name)
  return "Hello " .. name
end

local function fails(session)
  greet(nil)
end

local function violates(session)
  pcall(session.response_status_set, session, {}, "no number")
end

function mod:rsrc_setup()
  msys.httpsrv.register("GET", "/fails", fails)
  msys.httpsrv.register("GET", "/violates", violates)
  return true
end

function mod:deinit()
  print("deinit")
  return true
end

msys.registerModule("project", mod)
`;

const TESTS = `
const { Momentum } = require('momentum-sim');
const start = () => Momentum.start({ modules: [__dirname + '/project.lua'] });
const isRunning = (mta) => mta.request({ url: '/nowhere' }).then(() => true, () => false);
let ofFile, ofHook, ofTest;

beforeAll(async () => { ofFile = await start(); });
beforeEach(async () => { ofHook = await start(); });

test('handler error', async () => {
  ofTest = ofHook;
  expect((await ofHook.request({ url: '/fails' })).status).toBe(500);
});
test('servers of the test before are stopped, those of the file are not', async () => {
  expect(await isRunning(ofTest)).toBe(false);
  expect(ofTest.paniclog.at(-1).message).toBe('deinit');
  expect(await isRunning(ofFile)).toBe(true);
  expect(await isRunning(ofHook)).toBe(true);
});
test('violation behind pcall', async () => { await ofHook.request({ url: '/violates' }); });
test('server of the file', async () => { await ofFile.request({ url: '/fails' }); });
test('failed and not looked at, stopped by the test', async () => {
  await ofHook.request({ url: '/fails' });
  await ofHook.stop();
});
test('looked at by a matcher', async () => {
  await ofHook.request({ url: '/fails' });
  expect(ofHook).toHaveLogged('paniclog', "attempt to concatenate local 'name'");
});
test('looked at in the paniclog', async () => {
  await ofHook.request({ url: '/fails' });
  expect(ofHook.paniclog).toHaveLength(1);
});
test('looked at in the diagnostics', async () => {
  await ofHook.request({ url: '/violates' });
  expect(ofHook.diagnostics.has('BAD_ARGUMENT')).toBe(true);
});
test('failed again after the look', async () => {
  await ofHook.request({ url: '/fails' });
  expect(ofHook).toHaveLogged('paniclog', 'attempt');
  await ofHook.request({ url: '/fails' });
  await ofHook.request({ url: '/violates' });
});
describe('with fake timers', () => {
  beforeAll(() => { jest.useFakeTimers(); });
  afterAll(() => { jest.useRealTimers(); });
  test('a listening server is stopped', async () => { await ofHook.listen({ http: 0, control: 0 }); });
});
`;

const EXPECTED_FAILURES = [
  'handler error',
  'violation behind pcall',
  'server of the file',
  'failed and not looked at, stopped by the test',
  'failed again after the look',
];

let directory: string;
let report: Report;

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'momentum-sim-jest-'));
  const config = {
    rootDir: directory,
    testEnvironment: 'node',
    cacheDirectory: path.join(directory, 'cache'),
    setupFilesAfterEnv: [path.join(ROOT, 'src/jest/index.ts')],
    moduleNameMapper: { '^momentum-sim$': path.join(ROOT, 'src/index.ts') },
    transform: {
      '\\.ts$': [
        require.resolve('@swc/jest'),
        { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } },
      ],
    },
  };
  writeFileSync(path.join(directory, 'jest.config.json'), JSON.stringify(config));
  writeFileSync(path.join(directory, 'project.lua'), LUA);
  writeFileSync(path.join(directory, 'project.test.js'), TESTS);
  const jest = path.join(ROOT, 'node_modules/jest/bin/jest.js');
  const run = new Program(process.execPath, [jest, '--json', '--colors=false', '--runInBand'], {
    cwd: directory,
  });
  report = JSON.parse((await run.outcome()).stdout) as Report;
}, 60_000);

afterAll(() => rmSync(directory, { recursive: true }));

const resultOf = (title: string) =>
  report.testResults[0]!.assertionResults.find((result) => result.title === title)!;

test('fails what had failures that nobody looked at, and nothing else', () => {
  const failed = report.testResults[0]!.assertionResults.filter(({ status }) => status === 'failed');
  expect(failed.map(({ title }) => title)).toEqual(EXPECTED_FAILURES);
  expect(report.testResults[0]!.assertionResults).toHaveLength(10);
  expect(report.success).toBe(false);
});

test.each(EXPECTED_FAILURES)('%s: one error, with the advice', (title) => {
  const { failureMessages } = resultOf(title);
  expect(failureMessages).toHaveLength(1);
  expect(failureMessages[0]).toMatch(
    title === 'violation behind pcall'
      ? /say so\nafter it has happened: expect\(mta\)\.toHaveDiagnostic\('BAD_ARGUMENT'\)/
      : /say so\nafter it has happened: expect\(mta\)\.toHaveLogged\('paniclog'/,
  );
});

test('the stack begins with the frames of Lua', () => {
  const lua = path.join(directory, 'project.lua');
  const [first, second] = resultOf('handler error')
    .failureMessages[0]!.split('\n')
    .filter((line) => /^ +at /.test(line));
  expect(first).toBe(`    at greet (${lua}:5:19)`);
  expect(second).toContain(`(${lua}:9:3)`);
});

test('jest shows the line of Lua', () => {
  const [, shown] = report.testResults[0]!.message.split('● handler error\n');
  expect(shown).toContain("project.lua:5: attempt to concatenate local 'name' (a nil value)");
  expect(shown).toMatch(/> 5 \|\s+return "Hello " \.\. name\n\s+\|\s+\^/);
  expect(shown).toContain('at greet (project.lua:5:19)');
});

test('a violation says its rule, and failures after the first are counted up', () => {
  expect(resultOf('violation behind pcall').failureMessages[0]).toMatch(
    /^StrictViolation: bad argument #1 to 'response_status_set'/,
  );
  expect(resultOf('failed again after the look').failureMessages[0]).toMatch(
    /\nAfter it: StrictViolation: bad argument #1/,
  );
});
