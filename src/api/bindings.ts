import { toDisplay, type LuaValue } from '../lua';
import { byteString } from '../server/bytes';
import type { Bindings } from '../server/bindings';
import type { DeliveryPolicy } from '../server/delivery/policy';
import type { DeliveryScope } from '../server/delivery/settings';
import { coreConstant } from './constants';
import type { ApiImplementation, ApiTable, Runtime } from './runtime';
import { text } from './values';

/** For a scope of a binding and a domain. */
type Reading = (policy: DeliveryPolicy, where: DeliveryScope, runtime: Runtime) => LuaValue;

const number =
  (option: string): Reading =>
  (policy, where) =>
    policy.number(option, where);

const optionText =
  (option: string): Reading =>
  ({ settings }, where) => {
    const value = settings.text(option, where);
    return bytesOf(value);
  };

/** Of an option's words, the constant for each; anything else is the last one. */
const constant =
  (option: string, names: Readonly<Record<string, string>>, otherwise: string): Reading =>
  ({ settings }, where, runtime) => {
    const word = settings.text(option, where)?.toLowerCase() ?? '';
    return coreConstant(runtime, names[word] ?? otherwise);
  };

/** `config_get_binding_domain_<name>(caller_scope, binding, domain)`; each has a page 3/3-api/apis-config-get-binding-*. */
const OPTIONS: Readonly<Record<string, Reading>> = {
  drop_body_after_trans_fail: number('drop_body_after_trans_fail'),
  max_resident_active_queue_size: number('max_resident_active_queue'),
  max_retries: (policy, where) => policy.maxRetries(where),
  message_expiration: number('message_expiration'),
  retry_interval: number('retry_interval'),
  tls_ca: optionText('tls_ca'),
  tls_ciphers: optionText('tls_ciphers'),
  tls_key: optionText('tls_key'),
  tls_verify: constant(
    'tls_verify',
    { ca: 'EC_SSL_VERIFY_VALIDCA', host: 'EC_SSL_VERIFY_HOSTNAME', optional: 'EC_SSL_VERIFY_HOSTNAME' },
    'EC_SSL_VERIFY_NONE',
  ),
  use_tls: constant(
    'tls',
    { ifavailable: 'EC_USE_TLS_IFAVAILABLE', required: 'EC_USE_TLS_REQUIRED' },
    'EC_USE_TLS_NO',
  ),
};

const read =
  (reading: Reading): ApiImplementation =>
  (runtime, [, slot, domain]) => {
    const { bindings, policy } = runtime.server.delivery;
    const binding = bindings.bySlot(slot as number);
    const where = {
      domain: toDisplay(text(domain)).toLowerCase(),
      ...(binding && { binding: binding.name, group: binding.group }),
    };
    return reading(policy, where, runtime);
  };

const options = Object.entries(OPTIONS).map(([name, reading]): [string, ApiImplementation] => [
  `msys.core.config_get_binding_domain_${name}`,
  read(reading),
]);

const bytesOf = (name: string | undefined): LuaValue => (name === undefined ? undefined : byteString(name));

const bindingOf = (all: Bindings, slot: LuaValue) => all.bySlot(slot as number);

/** `msys.core`: bindings, and options by binding and domain. */
export const bindings: ApiTable = {
  ...Object.fromEntries(options),
  'msys.core.config_get_binding_id_from_name': (runtime, [name]) =>
    runtime.server.delivery.bindings.get(toDisplay(text(name)))?.slot ??
    coreConstant(runtime, 'EC_BINDING_SLOT_UNBOUND'),
  'msys.core.config_get_binding_name_from_id': ({ server }, [slot]) =>
    bytesOf(bindingOf(server.delivery.bindings, slot)?.name),
  'msys.core.config_get_binding_group': ({ server }, [, slot]) =>
    bytesOf(bindingOf(server.delivery.bindings, slot)?.group),
};
