/** Imports only ever point down: see docs/architecture.md. Each floor lists what it may import. */
const floors = {
  support: [],
  catalogue: ['support'],
  mail: ['support'],
  server: ['support', 'mail'],
  lua: ['support'],
  api: ['support', 'catalogue', 'mail', 'server', 'lua'],
  scriptlet: ['support', 'catalogue', 'mail', 'server', 'lua', 'api'],
  listeners: ['support', 'catalogue', 'mail', 'server'],
  product: ['support', 'catalogue', 'mail', 'server', 'lua', 'api', 'scriptlet', 'listeners'],
  smtp: ['support', 'mail', 'server', 'listeners', 'product'],
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
