import { catalogue } from '../../src/catalogue';

test.each([
  ['init', 'lifecycle', []],
  ['rsrc_setup', 'lifecycle', []],
  ['validate_connect', 'validation', ['accept', 'vctx']],
  ['validate_ehlo', 'validation', ['str', 'accept', 'vctx']],
  ['validate_rcptto', 'validation', ['msg', 'str', 'accept', 'vctx']],
  ['validate_data_spool_each_rcpt', 'validation', ['msg', 'accept', 'vctx']],
  ['validate_set_binding', 'validation', ['msg']],
  ['validate_dealloc', 'lifecycle', []],
  ['core_validate_connect', 'hook', ['ac', 'c']],
  ['core_final_validation2', 'hook', ['msg', 'accept', 'vctx']],
  ['core_log_client_connection_success', 'hook', ['addr', 'dr', 'binding_slot', 'now']],
  ['core_control_shutdown_ex', 'hook', ['die', 'ret', 'file', 'lineno']],
  ['http_request_eval', 'hook', ['sess']],
  ['generic_delivery_msg_dispose', 'hook', ['msg']],
  ['delay_dsn_send_notification', 'hook', ['msg']],
  ['msg_gen_data_spool', 'hook', ['mess']],
  ['ac_auth_perform_auth', 'hook', ['username', 'password', 'ac', 'response']],
  ['smpp_log_delivery', 'hook', ['conn', 'msg', 'segments', 'ids']],
  ['core___mail_queue_maintain', 'hook', ['dr', 'binding_slot', 'sl', 'now', 'goalsz', 'reserve']],
])('%s is a %s callout', (key, kind, params) => {
  const callout = catalogue.callouts().get(key);
  expect(callout).toMatchObject({ key, kind });
  expect(callout?.params.map((param) => param.name)).toEqual(params);
  expect(catalogue.callout(key)).toBe(callout);
});

test('a writable buffer and its length are one ec_string', () => {
  expect(
    catalogue.callout('core_config_get_message_routing_domain')?.params.map((param) => param.type),
  ).toEqual(['any', 'msys.core:_ec_message', 'msys.core:_ec_string']);
});

test('a text to read and its length stay two arguments, as do pointers that a hook may write through', () => {
  expect(catalogue.callout('core_log_delivery_v1')?.params.map((param) => param.name)).toEqual([
    'msg',
    'dr',
    'now',
    'note',
    'note_len',
  ]);
  expect(catalogue.callout('core_pre_ec_can_relay_to')?.params.map((param) => param.type)).toEqual([
    'string',
    'userdata',
    'userdata',
  ]);
});

test('all 157 documented hooks are there, and what the guides describe in prose', () => {
  const hooks = [...catalogue.callouts().values()].filter((callout) => callout.kind === 'hook');
  expect(hooks.length).toBeGreaterThanOrEqual(157);
  expect(hooks.filter((callout) => !callout.doc || !callout.returns)).toEqual([]);
});

test.each(['helper', 'constructor', 'validate', 'core_validate'])('%s is a helper function', (key) => {
  expect(catalogue.callout(key)).toBeUndefined();
});

test.each([
  ['validate_mailfron', 'validate_mailfrom'],
  ['validate_rcpt', 'validate_rcptto'],
  ['validateData', 'validate_data'],
  ['core_final_validate', 'core_final_validation'],
  ['Init', 'init'],
])('%s is near %s', (key, nearest) => {
  expect(catalogue.nearestCallout(key)).toBe(nearest);
});

test('an ordinary function name is near no callout', () => {
  expect(catalogue.nearestCallout('mysimple_handler')).toBeUndefined();
});
