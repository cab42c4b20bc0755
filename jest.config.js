// One configuration, three tiers: the file's suffix says which one it is in (see CONTRIBUTING.md).
const tiers = {
  // One worker less than there are processors, as is jest's way, would leave half of a small machine idle.
  unit: { testRegex: '\\.spec\\.ts$', maxWorkers: '100%' },
  integration: {
    testRegex: '\\.int-spec\\.ts$',
    globalSetup: '<rootDir>/test/setup/start-infrastructure.ts',
    globalTeardown: '<rootDir>/test/setup/stop-infrastructure.ts',
    // Each worker has an infrastructure of its own, about a gigabyte of memory.
    maxWorkers: 2,
    testTimeout: 60_000,
  },
  // Each suite has a system of its own, and waits for it much of the time.
  e2e: { testRegex: '\\.e2e-spec\\.ts$', maxWorkers: 2, testTimeout: 120_000 },
};

const tier = process.env.TEST_TIER ?? 'unit';

/** @type {import('jest').Config} */
export default {
  ...tiers[tier],
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          target: 'es2024',
          experimental: { keepImportAttributes: true },
        },
        module: { type: 'es6' },
      },
    ],
  },
  moduleNameMapper: {
    '^@app/(cloudevents|desk|events|lifecycle|messaging|order-log|platform|postgres|testing|timeline)$':
      '<rootDir>/libs/$1/src/index.ts',
  },
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.local'],
  errorOnDeprecated: true,
};
