import { UsageError } from '../../src';
import { jestGlobals } from '../../src/jest/globals';

test('outside of jest the reason is said', () => {
  expect(() => jestGlobals({})).toThrow(UsageError);
  expect(() => jestGlobals({})).toThrow(/setupFilesAfterEnv: \['momentum-sim\/jest'\]/);
  expect(() => jestGlobals({ expect: () => undefined, beforeEach, afterEach, afterAll })).toThrow(UsageError);
});

test('in jest they are there', () => {
  expect(jestGlobals().expect).toBe(expect);
});
