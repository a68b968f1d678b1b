import { Momentum } from '../../src';
import '../../src/jest';

let mta: Momentum;
beforeEach(async () => {
  mta = await Momentum.start({
    bindings: ['gold', { name: 'silver', group: 'metals' }],
    domains: {
      'example.com': {
        active: [{ binding: 'gold' }, { from: 'a@sender.test', headers: 'A: b', binding: 'silver' }, {}],
        delayed: 2,
      },
    },
  });
});
afterEach(() => mta.stop());

const withRecord = (lua: string) =>
  mta.eval(`local core = msys.core; local dr = core.dns_get_domain("example.com"); ${lua}`);

test('the sizes of a queue', async () => {
  expect(
    await withRecord('return core.mail_queue_size(dr.equeue), core.mail_queue_delayed_size(dr.equeue)'),
  ).toEqual([5, 2]);
  expect(await withRecord('return dr.equeue.domain == dr, dr.equeue.domain.domain')).toEqual([
    true,
    'example.com',
  ]);
});

test('the fields of a domain record', async () => {
  const fields = 'dr.mxcnt, dr.dns_failures, dr.recycled, dr.referencecnt, dr.last_delivery.tv_sec';
  expect(await withRecord(`return ${fields}`)).toEqual([0, 0, 0, 5, 0]);
  mta.remote('example.com');
  await mta.clock.advance(0);
  const [seconds, micros, count] = await withRecord(
    'return dr.last_delivery.tv_sec, dr.last_delivery.tv_usec, dr.referencecnt',
  );
  expect([seconds, micros, count]).toEqual([1_767_225_600, 0, 2]);
});

describe('mail_queue_purge_domain_binding', () => {
  const purge = (args: string) => withRecord(`return core.mail_queue_purge_domain_binding(dr, ${args})`);

  test('fails the messages of a binding', async () => {
    const slot = 'core.config_get_binding_id_from_name("silver")';
    expect(await purge(`${slot}, "554 purged by a script", core.EM_FAILED`)).toEqual([1]);
    expect(mta.domain('example.com')).toMatchObject({ active: 2, failures: 1 });
    expect(mta).toHaveLogged('bouncelog', /@silver@0@\d+@\d+@@554 purged by a script$/);
    expect(mta.domain('sender.test')).toMatchObject({ active: 1 });
  });

  test('quietly, and with the default note', async () => {
    expect(await purge('2, nil, core.EM_FAILED_QUIET')).toEqual([1]);
    expect(mta).toHaveLogged('mainlog', /@554 5\.4\.4 \[internal\] Domain Lookup Failed$/);
    expect(mta.domain('sender.test')).toBeUndefined();
  });

  test('nothing of a slot without binding', async () => {
    expect(await purge('99, nil, core.EM_FAILED')).toEqual([0]);
  });
});

test('nothing is on its way into a queue; all domains share an event loop', async () => {
  expect(await withRecord('return core.ec_mailq_get_pending_enqueues()')).toEqual([0]);
  const [first, same] = await withRecord(
    'local a = core.scheduler_for_domain("a.test"); return a, a == core.scheduler_for_domain("b.test")',
  );
  expect([first, same]).toEqual(['[msys.core:_ec_scheduler_inst]', true]);
});

describe('bindings', () => {
  test.each<[string, unknown[]]>([
    ['core.config_get_binding_id_from_name("default")', [0]],
    ['core.config_get_binding_id_from_name("silver")', [2]],
    ['core.config_get_binding_id_from_name("Silver") == core.EC_BINDING_SLOT_UNBOUND', [true]],
    ['core.config_get_binding_name_from_id(1)', ['gold']],
    ['core.config_get_binding_name_from_id(7)', [undefined]],
    ['core.config_get_binding_group(nil, 2)', ['metals']],
    ['core.config_get_binding_group(nil, 1)', ['default']],
    ['core.config_get_binding_group(nil, 7)', [undefined]],
  ])('%s', async (expression, results) => {
    expect(await withRecord(`return ${expression}`)).toEqual(results);
  });

  test.each<[string, unknown]>([
    ['retry_interval', 1200],
    ['max_retries', 0],
    ['message_expiration', 86_400],
    ['drop_body_after_trans_fail', 3],
    ['max_resident_active_queue_size', 250],
    ['tls_ca', undefined],
    ['tls_ciphers', undefined],
    ['tls_key', undefined],
  ])('config_get_binding_domain_%s', async (option, value) => {
    expect(
      await withRecord(`return core.config_get_binding_domain_${option}(nil, 2, "example.com")`),
    ).toEqual([value]);
  });

  test.each([
    ['tls_verify', 'EC_SSL_VERIFY_NONE'],
    ['use_tls', 'EC_USE_TLS_NO'],
  ])('config_get_binding_domain_%s is a constant', async (option, constant) => {
    const call = `core.config_get_binding_domain_${option}(nil, 0, "example.com")`;
    expect(await withRecord(`return ${call} == core.${constant}`)).toEqual([true]);
  });
});
