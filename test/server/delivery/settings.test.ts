import { PlainDeliverySettings } from '../../../src/server/delivery/settings';

test('defaults of the product', () => {
  const settings = new PlainDeliverySettings();
  expect(settings.number('retry_interval', {})).toBe(1200);
  expect(settings.text('max_retries', {})).toBe('auto');
  expect(settings.number('max_retries', {})).toBeUndefined();
  expect(settings.boolean('generate_bounces', {})).toBe(true);
  expect(settings.text('gateway', { domain: 'a.test' })).toBeUndefined();
  expect(settings.list('routes', {})).toEqual([]);
  expect(settings.source('retry_interval', {})).toBe('default');
});

describe('the most specific stanza wins', () => {
  const where = { domain: 'a.test', binding: 'b', group: 'g' };
  const stanzas = [
    {},
    { domain: 'a.test' },
    { group: 'g' },
    { binding: 'b' },
    { group: 'g', binding: 'b' },
    { group: 'g', domain: 'a.test' },
    { binding: 'b', domain: 'a.test' },
    where,
  ];

  test.each(stanzas.map((_, index) => index))('up to stanza %d', (last) => {
    const settings = new PlainDeliverySettings();
    stanzas.slice(0, last + 1).forEach((stanza, index) => settings.set('Retry_Interval', index, stanza));
    expect(settings.number('retry_interval', where)).toBe(last);
  });

  test('other domains and bindings have no part in it', () => {
    const settings = new PlainDeliverySettings().set('retry_interval', 1, where).set('retry_interval', 2);
    expect(settings.number('retry_interval', { ...where, domain: 'b.test' })).toBe(2);
    expect(settings.number('retry_interval', { domain: 'a.test' })).toBe(2);
    settings.unset('retry_interval');
    expect(settings.number('retry_interval', {})).toBe(1200);
  });

  test('the source names the stanza', () => {
    const settings = new PlainDeliverySettings().set('gateway', 'x', { binding: 'b', group: 'g' });
    expect(settings.source('gateway', where)).toBe('binding_group g, binding b');
    expect(settings.source('gateway', { domain: 'a.test' })).toBe('default');
  });
});

test.each(['true', 'on', 'enabled', '1', 'TRUE'])('%s is true', (value) => {
  expect(new PlainDeliverySettings().set('never_retry', value).boolean('never_retry', {})).toBe(true);
});
test.each(['false', 'off', 'disabled', '0', ''])('%s is false', (value) => {
  expect(new PlainDeliverySettings().set('generate_bounces', value).boolean('generate_bounces', {})).toBe(
    false,
  );
});
