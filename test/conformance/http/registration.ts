/** §3: registration and the choice of the handler. */
import { Momentum } from '../../../src';
import { web, type Declare } from './server';

const GET = (path: string, says: string) => `msys.httpsrv.register("GET", "${path}", says("${says}"))`;

/** Who answers each request, given as `METHOD /path`; the status when nobody does. */
async function answerers(setup: string, requests: Readonly<Record<string, string | number>>): Promise<void> {
  await using mta = await Momentum.start({ modules: [web(setup)] });
  for (const [line, expected] of Object.entries(requests)) {
    const [method, url = ''] = line.split(' ');
    const { status, text } = await mta.request({ method, url });
    expect([line, status === 200 ? text : status]).toEqual([line, expected]);
  }
  // Looks at the warnings about handlers that nobody reaches.
  expect([...mta.diagnostics].filter(({ code }) => code !== 'UNREACHABLE_ENDPOINT')).toEqual([]);
}

function matching(row: Declare): void {
  row('http-3-1', () =>
    answerers(
      'msys.httpsrv.register("GET", "/path", function(session) session:response_append("ok", 2) end)',
      {
        'GET /path': 'ok',
      },
    ),
  );

  row('http-3-3', () =>
    answerers(
      `${GET('/a/', 'first')} ${GET('/a/b/', 'second')} ${GET('/c/d/', 'third')} ${GET('/c/', 'fourth')}`,
      {
        'GET /a/b/': 'first',
        'GET /a/b/x': 'first',
        'GET /c/d/x': 'third',
        'GET /c/x': 'fourth',
      },
    ),
  );

  row('http-3-4a', () =>
    answerers(`${GET('/a', 'get')} msys.httpsrv.register("get", "/b", says("lower case"))`, {
      'GET /a': 'get',
      'get /a': 404,
      'GET /b': 404,
      'get /b': 'lower case',
      'GETS /a': 404,
    }),
  );

  row('http-3-4b', () =>
    answerers('msys.httpsrv.register(nil, "/a", says("all"))', {
      'GET /a': 'all',
      'DELETE /a': 'all',
      'PROPFIND /a': 'all',
    }),
  );

  row('http-3-5', () =>
    answerers(GET('/foo/', 'foo'), {
      'GET /foo/bar': 'foo',
      'GET /foo/bar/baz?q=/x': 'foo',
      'GET /fo/o': 404,
      'GET /': 404,
    }),
  );

  row('http-3-6', () =>
    answerers(`${GET('/with/', 'with')} ${GET('/without', 'without')}`, {
      'GET /with': 'with',
      'GET /with/': 'with',
      'GET /without': 'without',
      'GET /without/': 'without',
      'GET /without/x': 'without',
    }),
  );

  row('http-3-9', () =>
    answerers(`${GET('/a', 'got')} msys.httpsrv.register("POST", "/a", says("posted"))`, {
      'GET /a': 'got',
      'POST /a': 'posted',
      'PUT /a': 404,
    }),
  );
}

/** Registers three endpoints: in the chunk, in init, in rsrc_setup. */
const PLACES = `
  require("msys.extended.httpsrv")
  local mod = {}
  local function register(path)
    msys.httpsrv.register("GET", path, function(session) session:response_append("ok", 2) end)
  end
  register("/chunk")
  function mod:init() register("/init") return true end
  function mod:rsrc_setup() register("/setup") return true end
  msys.registerModule("places", mod)`;

const ALL = ['/chunk', '/init', '/setup'];

/** The endpoints that answer after console commands. */
async function survivors(...commands: string[]): Promise<string[]> {
  await using mta = await Momentum.start({ modules: [{ name: 'places', source: PLACES }] });
  for (const command of commands) expect((await mta.console(command)).status).toBe('COMPLETED');
  const statuses = await Promise.all(ALL.map(async (url) => (await mta.request({ url })).status));
  const lost = [...mta.diagnostics].filter(({ code }) => code === 'LOST_ENDPOINT').length;
  const answering = ALL.filter((_path, i) => statuses[i] === 200);
  // What is lost is a violation each time.
  expect(lost > 0).toBe(answering.length < ALL.length);
  return answering;
}

function generations(row: Declare): void {
  row('http-3-10a', async () => {
    await using mta = await Momentum.start({
      modules: [
        {
          name: 'once',
          source: `
            local mod = {}
            function mod:rsrc_setup()
              local path = "/" .. #msys.readfile("/count")
              msys.httpsrv.register("GET", path, function(session) session:response_append(path, #path) end)
              return true
            end
            msys.registerModule("once", mod)`,
        },
      ],
      files: { '/count': 'x' },
    });
    mta.files.set('/count', 'xx');
    expect(mta.endpoints).toEqual([{ method: 'GET', path: '/1' }]);
    expect((await mta.reload()).ok).toBe(true);
    expect(mta.endpoints).toEqual([{ method: 'GET', path: '/2' }]);
  });

  row('http-3-10b', async () => {
    expect(await survivors()).toEqual(ALL);
    expect(await survivors('config set max_retries 3')).toEqual(['/setup']);
    const unset = ['config set max_retries 3', 'config unset max_retries'];
    expect(await survivors(...unset)).toEqual(['/setup']);
  });

  row('http-3-10c', async () => {
    const staged = ['config begin', 'config set max_retries 3'];
    expect(await survivors(...staged)).toEqual(ALL);
    expect(await survivors(...staged, 'config commit')).toEqual(['/setup']);
  });

  row('http-3-11', async () => {
    const changes = [
      'config set max_retries 3',
      'config reload',
      'config begin',
      'config set max_retries 4',
      'config commit',
      'config unset max_retries',
    ];
    expect(await survivors(...changes)).toContain('/setup');
    expect(await survivors('config reload')).toEqual(ALL);
  });
}

export function registration(row: Declare): void {
  matching(row);
  generations(row);
}
