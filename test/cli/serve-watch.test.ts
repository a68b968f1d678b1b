import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Momentum } from '../../src';
import { FileWatch, type DirectoryEvents, type WatchDirectory } from '../../src/cli/watch';
import { reloadOnChange } from '../../src/cli/watch-reload';
import '../../src/jest';
import { cli, type Program } from '../helpers/cli';

jest.setTimeout(20_000);

const CONF = `
include "listeners.conf"
include "conf.d"
alerting { }
httpsrv { }
scriptlet "scriptlet" {
  script "greeter" {
    source = "greeter"
  }
}
`;
const GREETER = `
require("words.polite")
local mod = {}
function mod:rsrc_setup()
  msys.httpsrv.register("GET", "/greeting", function(session)
    session:response_status_set_std(200, words.polite.greeting, "text/plain")
  end)
  msys.registerControl("later", function() print(require("later.on")) end)
  return true
end
msys.registerModule("greeter", mod)
`;
const polite = (greeting: string) => `module("words.polite") greeting = "${greeting}"`;
const listenersAt = (control: string) =>
  `HTTP_Listener { Listen "127.0.0.1:0" { } }\nControl_Listener { Listen "${control}" { } }\n`;

let directory: string;
const at = (name: string) => path.join(directory, name);
const write = (name: string, text: string) => writeFileSync(at(name), text);

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'momentum-sim-watch-'));
  for (const name of ['words', 'conf.d', 'later']) mkdirSync(at(name));
  write('ecelerity.conf', CONF);
  write('listeners.conf', listenersAt(at('control')));
  write('conf.d/1.conf', 'max_retries = 5\n');
  write('greeter.lua', GREETER);
  write('words/polite.lua', polite('Good day'));
  write('later/on.lua', 'return "later on"');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Directories that are watched as a test says what happens in them. */
class FakeDirectories {
  readonly events = new Map<string, DirectoryEvents>();
  #opened: () => void = () => undefined;

  readonly watch: WatchDirectory = (name, events) => {
    this.events.set(name, events);
    this.#opened();
    return { close: () => void this.events.delete(name) };
  };

  changed(file: string): void {
    const events = this.events.get(path.dirname(at(file)));
    if (!events) throw new Error(`nobody watches the directory of ${file}`);
    events.changed(path.basename(file));
  }

  async untilWatched(name: string): Promise<void> {
    while (!this.events.has(at(name))) await new Promise<void>((resolve) => (this.#opened = resolve));
  }
}

/** What was said, one after the other. */
class Said {
  readonly all: string[] = [];
  #heard: () => void = () => undefined;

  readonly say = (text: string): void => {
    this.all.push(text);
    this.#heard();
  };

  /** Resolves to the text at an index, once it has been said. */
  async at(index: number): Promise<string> {
    while (this.all.length <= index) await new Promise<void>((resolve) => (this.#heard = resolve));
    return this.all[index]!;
  }
}

describe('reloadOnChange', () => {
  let directories: FakeDirectories;
  let verdicts: Said;
  let warnings: Said;
  let mta: Momentum;
  let stop: () => void;

  async function begin(watchDirectory?: WatchDirectory): Promise<void> {
    directories = new FakeDirectories();
    verdicts = new Said();
    warnings = new Said();
    mta = await Momentum.start({ config: at('ecelerity.conf') });
    stop = reloadOnChange(mta, {
      print: verdicts.say,
      warn: warnings.say,
      watchDirectory: watchDirectory ?? directories.watch,
    });
  }
  afterEach(() => stop());

  const change = (name: string, text: string) => {
    write(name, text);
    directories.changed(name);
  };
  const greeting = async () => (await mta.request({ url: '/greeting' })).text;

  test.each([
    ['the configuration', 'ecelerity.conf', `${CONF}retry_interval = 7`],
    ['what it includes', 'listeners.conf', `${listenersAt('/tmp/x')}retry_interval = 7`],
    ['a new file in a directory that it includes', 'conf.d/2.conf', 'retry_interval = 7'],
  ])('a change of %s', async (_, name, text) => {
    await begin();
    change(name, text);
    expect(await verdicts.at(0)).toBe('reloaded: 1 endpoints, 1 commands');
    expect(mta.configuration.evaluate([], 'retry_interval')?.number()).toBe(7);
  });

  test.each([
    ['a script', 'greeter.lua', GREETER.replace('words.polite.greeting', '"Moin"')],
    ['a module that a script requires', 'words/polite.lua', polite('Moin')],
  ])('a change of %s', async (_, name, text) => {
    await begin();
    expect(await greeting()).toBe('Good day');
    change(name, text);
    await verdicts.at(0);
    expect(await greeting()).toBe('Moin');
  });

  test('several changes at once are one reload; other files, and hidden ones, are none', async () => {
    await begin();
    directories.changed('notes.txt');
    directories.changed('conf.d/.1.conf.swp');
    change('words/polite.lua', polite('one'));
    directories.changed('greeter.lua');
    change('words/polite.lua', polite('two'));
    await verdicts.at(0);
    expect(await greeting()).toBe('two');
    change('words/polite.lua', polite('three'));
    await verdicts.at(1);
    expect(verdicts.all).toHaveLength(2);
  });

  test.each([
    ['a script', 'greeter.lua', 'local x =\n', /greeter\.lua:\d: .*\n\n[^]*1 \| local x =/],
    [
      'the configuration',
      'ecelerity.conf',
      'alerting {\n  enabled = }\n',
      /ecelerity\.conf:2:\d+: [^]*> 2 \| {3}enabled = }/,
    ],
    ['an included file', 'listeners.conf', 'HTTP_Listener {\n', /listeners\.conf:\d+:\d+: /],
  ])(
    '%s that cannot be read: the reason with its place, and the old one goes on',
    async (_, name, text, reason) => {
      await begin();
      const before = {
        'greeter.lua': GREETER,
        'ecelerity.conf': CONF,
        'listeners.conf': listenersAt('/tmp/x'),
      }[name]!;
      change(name, text);
      expect(await verdicts.at(0)).toMatch(
        new RegExp(`^not reloaded, what served before goes on: [^]*${reason.source}`),
      );
      expect(await greeting()).toBe('Good day');
      change(name, before);
      expect(await verdicts.at(1)).toBe('reloaded: 1 endpoints, 1 commands');
      // The paniclog has the failure as well: it is expected.
      expect(mta.paniclog).toHaveLength(1);
    },
  );

  test('a module that was missing comes', async () => {
    await begin();
    change('words/polite.lua', `require("extra.words") ${polite('Moin')}`);
    expect(await verdicts.at(0)).toContain("module 'extra.words' not found");
    mkdirSync(at('extra'));
    write('extra/words.lua', '');
    directories.changed('extra');
    expect(await verdicts.at(1)).toMatch(/^reloaded/);
    expect(mta.paniclog).toHaveLength(1);
  });

  test('a file that an include asks for comes', async () => {
    await begin();
    change('ecelerity.conf', `${CONF}include "missing.conf"\n`);
    expect(await verdicts.at(0)).toContain("cannot include 'missing.conf'");
    // A log of what this very server says is no cure.
    directories.changed('panic.log');
    change('missing.conf', 'max_retries = 9\n');
    expect(await verdicts.at(1)).toMatch(/^reloaded/);
    expect(verdicts.all).toHaveLength(2);
    expect(mta.paniclog).toHaveLength(1);
  });

  test('what is required while the server serves is watched from then on', async () => {
    await begin();
    expect(directories.events.has(at('later'))).toBe(false);
    await mta.console('later');
    await directories.untilWatched('later');
    change('later/on.lua', 'return "much later"');
    await verdicts.at(0);
    expect((await mta.console('later')).output).toBe('much later\n');
  });

  test('a reload of another hand that brings files has them watched', async () => {
    await begin();
    mkdirSync(at('extra'));
    write('extra/words.lua', '');
    write('greeter.lua', `require("extra.words")${GREETER}`);
    await mta.reload();
    await directories.untilWatched('extra');
  });

  test('a directory that cannot be watched is told once, the others are watched', async () => {
    const refusing: WatchDirectory = (name, events) => {
      if (name === at('words')) throw new Error('no space left on device');
      return directories.watch(name, events);
    };
    await begin(refusing);
    change('greeter.lua', GREETER);
    await verdicts.at(0);
    expect(warnings.all).toEqual([`cannot watch ${at('words')}: no space left on device`]);
  });

  test('its end closes all watchers; a server that is stopped meanwhile is no error', async () => {
    await begin();
    directories.changed('greeter.lua');
    await mta.stop();
    stop();
    expect([...directories.events]).toEqual([]);
    expect(verdicts.all).toEqual([]);
  });
});

describe('FileWatch on the disk', () => {
  let watch: FileWatch;
  let changes: Said;
  beforeEach(() => {
    changes = new Said();
    watch = new FileWatch({ onChange: () => changes.say('changed'), onProblem: changes.say });
  });
  afterEach(() => watch.close());

  test.each([
    ['is written', () => write('greeter.lua', '-- new')],
    [
      'is replaced',
      () => {
        write('greeter.lua~', '-- new');
        renameSync(at('greeter.lua~'), at('greeter.lua'));
      },
    ],
    ['is removed', () => rmSync(at('greeter.lua'))],
  ])('a file %s', async (_, act) => {
    watch.follow([at('greeter.lua')]);
    act();
    expect(await changes.at(0)).toBe('changed');
  });

  test('a file whose directories are missing appears', async () => {
    const file = at('a/b/c.lua');
    watch.follow([file]);
    mkdirSync(at('a/b'), { recursive: true });
    expect(await changes.at(0)).toBe('changed');
    watch.follow([file]);
    const known = changes.all.length;
    write('a/b/c.lua', '');
    expect(await changes.at(known)).toBe('changed');
  });

  test('a directory that was replaced is watched as the new one', async () => {
    const file = at('words/polite.lua');
    watch.follow([file]);
    rmSync(at('words'), { recursive: true });
    await changes.at(0);
    mkdirSync(at('words'));
    watch.follow([file]);
    const known = changes.all.length;
    write('words/polite.lua', '');
    expect(await changes.at(known)).toBe('changed');
  });
});

describe('momentum-sim serve --watch', () => {
  let program: Program | undefined;
  afterEach(() => program?.process.kill('SIGKILL'));

  test('prints what came of each change, and ends cleanly', async () => {
    program = cli(['serve', at('ecelerity.conf'), '--watch']);
    const [, http] = await program.waitFor('stdout', /^http: (\S+)\n/m);
    const greeting = async () => (await fetch(`${http}/greeting`)).text();
    write('words/polite.lua', polite('Moin'));
    await program.waitFor('stdout', /^reloaded: 1 endpoints, 1 commands\n/m);
    expect(await greeting()).toBe('Moin');
    write('greeter.lua.new', 'local x =\n');
    renameSync(at('greeter.lua.new'), at('greeter.lua'));
    await program.waitFor('stdout', /^not reloaded, what served before goes on: .*greeter\.lua/m);
    expect(await greeting()).toBe('Moin');
    write('listeners.conf', `${listenersAt(at('control'))}HTTP_Listener { Listen "127.0.0.2:0" { } }\n`);
    write('greeter.lua', GREETER);
    await program.waitFor(
      'stdout',
      /^not bound: HTTP_Listener "127\.0\.0\.2:0"; start serve again for it\n/m,
    );
    program.process.kill('SIGINT');
    const { status, stderr } = await program.outcome();
    expect(status).toBe(0);
    expect(stderr).toMatch(/^paniclog: \d+:scriptlet: Module 'scriptlet' instance 'scriptlet' init/);
  });
});
