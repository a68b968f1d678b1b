import { catalogue, nearestOf } from '../../src/catalogue';
import { editDistance } from '../../src/catalogue/nearest';

test.each([
  ['', '', 0],
  ['abc', 'abc', 0],
  ['abc', 'abd', 1],
  ['abc', 'ab', 1],
  ['abc', 'xabc', 1],
  ['abcd', 'abdc', 1],
  ['domian', 'domain', 1],
  ['kitten', 'sitting', 3],
])('editDistance(%j, %j) is %d', (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance);
  expect(editDistance(b, a)).toBe(distance);
  expect(editDistance(a, b, distance - 1)).toBe(Infinity);
});

describe('the nearest known name', () => {
  test.each([
    ['letters swapped', 'msys.core.dns_get_domian', 'msys.core.dns_get_domain'],
    ['a letter too many', 'msys.registerControll', 'msys.registerControl'],
    ['the wrong case', 'msys.RegisterModule', 'msys.registerModule'],
    ['a constant in lower case', 'msys.core.validate_cont', 'msys.core.VALIDATE_CONT'],
    ['underscores for capitals', 'msys.dns_lookup', 'msys.dnsLookup'],
    ['another namespace', 'msys.core.dnsLookup', 'msys.dnsLookup'],
    ['no namespace', 'mail_queue_delay_domain', 'msys.core.mail_queue_delay_domain'],
    ['a misspelt namespace', 'msys.htpsrv.register', 'msys.httpsrv.register'],
    ['a namespace itself', 'msys.htpsrv', 'msys.httpsrv'],
    ['a name cut short', 'session:request_url', 'session:request_url_get'],
    ['words in another order', 'session:get_header', 'session:request_header_get'],
    ['an underscore for a dot', 'msys.pcre_match', 'msys.pcre.match'],
    ['a dot for a colon', 'msg.mailfrom', 'msg:mailfrom'],
    ['a misspelt property', 'str.bufer', 'str.buffer'],
    ['an exact name', 'msys.sleep', 'msys.sleep'],
  ])('%s', (_, name, nearest) => {
    expect(catalogue.nearest(name)).toBe(nearest);
  });

  test.each(['msys.core.frobnicate', 'foo', 'json.parse', ''])('nothing is near %j', (name) => {
    expect(catalogue.nearest(name)).toBeUndefined();
  });

  test('within the start of the names, or a list', () => {
    expect(catalogue.nearest('msys.core.dnsLookup', 'msys.core.')).toBeUndefined();
    expect(catalogue.nearest('msys.extended.htpsrv', catalogue.packages())).toBe('msys.extended.httpsrv');
    expect(nearestOf('delivries', ['deliveries', 'domain'])).toBe('deliveries');
  });
});
