import { socketOptions } from '../../../src/listeners/control/address';
import { UsageError } from '../../../src/support/errors';

test.each([
  [0, { host: '127.0.0.1', port: 0 }],
  ['2025', { host: '127.0.0.1', port: 2025 }],
  ['localhost:2025', { host: 'localhost', port: 2025 }],
  ['[::1]:2025', { host: '::1', port: 2025 }],
  ['/tmp/2025', { path: '/tmp/2025' }],
  ['./console.sock', { path: './console.sock' }],
  [
    { address: '::1', port: 5 },
    { host: '::1', port: 5 },
  ],
])('%j', (address, options) => {
  expect(socketOptions(address)).toEqual(options);
});

test.each([[-1], [65_536], [1.5], ['localhost:99999'], ['localhost'], [''], ['::1:2025']])(
  '%j is no address',
  (address) => {
    expect(() => socketOptions(address)).toThrow(UsageError);
  },
);
