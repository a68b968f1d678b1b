/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  // Some tests turn the event loop 100,000 times; a busy machine takes its time.
  testTimeout: 60_000,
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }] },
  moduleNameMapper: {
    '^momentum-sim$': '<rootDir>/src/index.ts',
    '^momentum-sim/jest$': '<rootDir>/src/jest/index.ts',
  },
};
