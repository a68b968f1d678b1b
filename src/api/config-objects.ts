/** What scripts see of a configuration. */
import type { ClassDeclaration } from './classes';

/** A scope; the transaction of a configuration is its global scope, without a name. */
export class ConfigHeader {
  constructor(
    /** In the notation of `config locate`, as a byte string. */
    readonly name: string,
  ) {}
}

/** 3/3-api/structs-ec-config-header */
export const configHeader: ClassDeclaration<ConfigHeader> = {
  name: 'msys.core:_ec_config_header',
  fields: { name: ({ name }) => name },
};
