/** `preset: 'momentum-sim'` in a jest configuration. */
module.exports = {
  testEnvironment: 'node',
  setupFilesAfterEnv: [require.resolve('./dist/jest/index.js')],
};
