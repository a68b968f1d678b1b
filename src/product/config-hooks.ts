/** The hooks of scripts around changes of the configuration. */
import type { ClassDeclaration } from '../api/classes';
import { ConfigHeader, configHeader } from '../api/config-objects';
import { EcString } from '../api/ec-string';
import { Argv, argv as argvClass, bindObject, commandConstruct, ecString } from '../api/objects';
import type { LuaValue } from '../lua';
import type { Generation } from '../scriptlet/generation';
import { byteString } from '../server/bytes';
import type { ConfigEnvironment, OptionChange } from '../server/config/manager';
import { pathText } from '../server/config/print';
import { printValue } from '../server/config/value';
import { parseCommandLine } from '../server/console/command-line';

class Option {
  constructor(readonly change: OptionChange) {}
}

/** The option with the value that it is to have, or has got. */
const configOption: ClassDeclaration<Option> = {
  name: 'msys.core:_ec_config_option',
  fields: {
    name: ({ change }) => byteString(change.option),
    value: ({ change }) => byteString(printValue(change.value)),
  },
};

const changeArguments = ({ runtime }: Generation, change: OptionChange): LuaValue[] => [
  bindObject(runtime, configHeader, new ConfigHeader(byteString(pathText(change.path)))),
  bindObject(runtime, configOption, new Option(change)),
  // The container is a place in C's memory.
  undefined,
];

function writableArguments({ runtime }: Generation, command: string): [LuaValue[], LuaValue[]] {
  const line = byteString(command);
  const { words } = parseCommandLine(line);
  const argv = bindObject(runtime, argvClass, new Argv(words));
  const cc = bindObject(runtime, commandConstruct, { command: line, argv, xml: false });
  const buffer = () => bindObject(runtime, ecString, new EcString(''));
  return [
    [cc, buffer()],
    [cc, words.length, argv, buffer(), buffer()],
  ];
}

type ConfigHooks = Pick<ConfigEnvironment, 'allowWrite' | 'beforeSet' | 'afterSet'>;

/**
 * `core_control_allow_writable_config` and `…2` (1 allows, 0 prevents; without a provider everything is allowed),
 * `core_config_option_pre_set` (1: the option counts as set, and nothing is stored), `core_config_option_post_set`
 * (3/3-api/hooks-core-*).
 */
export function configHooks(generation: () => Generation | undefined): ConfigHooks {
  return {
    async allowWrite(command) {
      const running = generation();
      const { hooks } = running ?? {};
      const isAsked = WRITABLE.some((name) => hooks?.has(name));
      if (!running || !hooks || !isAsked) return true;
      const [first, second] = writableArguments(running, command);
      const answers = [
        ...(await hooks.all(WRITABLE[0], { args: first })),
        ...(await hooks.all(WRITABLE[1], { args: second })),
      ];
      return !answers.some(({ results }) => results[0] === 0);
    },
    async beforeSet(change) {
      const running = generation();
      if (!running?.hooks.has('core_config_option_pre_set')) return false;
      const args = changeArguments(running, change);
      return (await running.hooks.run('core_config_option_pre_set', { args })) !== undefined;
    },
    async afterSet(change) {
      const running = generation();
      if (!running?.hooks.has('core_config_option_post_set')) return;
      await running.hooks.all('core_config_option_post_set', { args: changeArguments(running, change) });
    },
  };
}

const WRITABLE = ['core_control_allow_writable_config', 'core_control_allow_writable_config2'] as const;
