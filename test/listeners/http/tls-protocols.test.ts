import { readTlsProtocols } from '../../../src/listeners/http/tls-protocols';

test.each([
  ['+ALL', 'TLSv1.2', 'TLSv1.3'],
  ['+ALL:-SSLv3:-TLSv1.0:-TLSv1.1', 'TLSv1.2', 'TLSv1.3'],
  ['+ALL:-TLSv1.2', 'TLSv1.3', 'TLSv1.3'],
  ['+TLSv1.2', 'TLSv1.2', 'TLSv1.2'],
  ['+TLSv1.2:TLSv1.3', 'TLSv1.2', 'TLSv1.3'],
  ['+SSLv2: +TLSv1.3', 'TLSv1.3', 'TLSv1.3'],
])('%s', (text, minVersion, maxVersion) => {
  expect(readTlsProtocols(text)).toEqual({ minVersion, maxVersion });
});

test.each([
  ['', "'' in"],
  ['+TLSv1', "'+TLSv1' in"],
  ['+ALL:-tlsv1.2', "'-tlsv1.2' in"],
  ['+TLSv1.0:+TLSv1.1', 'enables neither TLSv1.2 nor TLSv1.3'],
  ['+ALL:-ALL', 'enables neither'],
])('%j is refused', (text, message) => {
  expect(() => readTlsProtocols(text)).toThrow(message);
});
