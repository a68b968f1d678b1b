/** Imports only ever point down: see docs/architecture.md. Each floor lists what it may import. */
const floors = {
  support: [],
  catalogue: ['support'],
  server: ['support'],
  lua: ['support'],
  api: ['support', 'catalogue', 'server', 'lua'],
  scriptlet: ['support', 'catalogue', 'server', 'lua', 'api'],
  listeners: ['support', 'catalogue', 'server'],
  product: ['support', 'catalogue', 'server', 'lua', 'api', 'scriptlet', 'listeners'],
  jest: ['support', 'index', 'momentum'],
  cli: ['support', 'index', 'momentum', 'listeners', 'lua', 'catalogue', 'server'],
};

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    ...Object.entries(floors).map(([floor, below]) => ({
      name: `${floor}-looks-down`,
      severity: 'error',
      from: { path: `^src/${floor}/` },
      to: { path: '^src/', pathNot: [`^src/${floor}/`, ...below.map((name) => `^src/${name}(/|\\.ts$)`)] },
    })),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
