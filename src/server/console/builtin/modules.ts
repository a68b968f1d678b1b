/** `module list` and `module hooks` (4/console-commands/4-module). */
import type { BuiltinCommand } from './command';
import type { ModuleFacts } from './host';

export const moduleCommands: readonly BuiltinCommand[] = [
  {
    name: 'module list',
    summary: 'the loaded modules',
    doc: '4/console-commands/4-module',
    run: ({ host }) => ({ text: host.modules.map(describe).join(''), data: host.modules }),
  },
  {
    name: 'module hooks',
    summary: 'the hooks of the system with their prototypes',
    doc: '4/console-commands/4-module',
    run: ({ host }) => ({
      text: host.hooks.map(({ name, prototype }) => `${name}\n\t${prototype}\n`).join(''),
      data: host.hooks,
    }),
  },
];

function describe({ scope, instance, enabled, api, name, description }: ModuleFacts): string {
  const facts: [string, string | undefined][] = [
    ['Scope_Name', scope],
    ['Instance_Name', instance],
    ['Enabled', enabled ? 'enabled' : 'disabled'],
    ['API', api],
    ['Name', name],
    ['Description', description],
  ];
  const lines = facts.flatMap(([label, value]) => (value === undefined ? [] : [`  ${label}: ${value}`]));
  return `Module: ${scope}${instance === undefined ? '' : `:${instance}`}\n${lines.join('\n')}\n`;
}
