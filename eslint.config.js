import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

const TESTS = [
  '**/*.{spec,int-spec,e2e-spec,contract}.ts',
  'libs/testing/**/*.ts',
  '{apps,libs}/*/test/**/*.ts',
  '{bench,test}/**/*.ts',
];

/** Time, identity and environment enter through @app/platform, so that tests decide them. */
const THROUGH_PLATFORM = [
  {
    selector: "MemberExpression[object.name='process'][property.name='env']",
    message: 'Declare the variable in config.ts (defineConfig) and read the loaded config.',
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'Inject Clock from @app/platform.',
  },
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'Inject Clock from @app/platform; to measure a duration use performance.now().',
  },
  {
    selector: "CallExpression[callee.name='randomUUID'], CallExpression[callee.property.name='randomUUID']",
    message: 'Inject Ids from @app/platform: UUID v7 sorts by time.',
  },
];

const CHANCE = {
  selector: "MemberExpression[object.name='Math'][property.name='random']",
  message: 'Inject Chance from @app/platform; for jitter there are around() and backoff().',
};

/** Libs may throw a DomainError where they find something wrong; what a service refuses has a name in its domain. */
const ERRORS_OF_THE_DOMAIN = {
  selector: "NewExpression[callee.name='DomainError']",
  message: 'Declare a class in domain/<thing>.errors.ts, with the code and the kind.',
};

/** Recognised by what `isDomainError` asks for. They stand together, so that one sees all that a service refuses. */
const WHERE_ERRORS_STAND = {
  selector: [
    "ClassDeclaration[superClass.name='DomainError']",
    "ClassDeclaration[superClass.name='Error'] PropertyDefinition[key.name='kind']",
  ].join(', '),
  message: 'An error with a code and a kind is declared in domain/<thing>.errors.ts.',
};

const NO_FIXED_SLEEP = [
  {
    selector: "NewExpression[callee.name='Promise'] CallExpression[callee.name='setTimeout']",
    message:
      'Wait for what you wait for: eventually(…). A fixed sleep is slow when it works and flaky when it does not.',
  },
  {
    selector: "ImportDeclaration[source.value='node:timers/promises'], CallExpression[callee.name='sleep']",
    message: 'Wait for what you wait for: eventually(…).',
  },
];

/** Nest's own take any value for a pattern, a contract too, and check no handler against it. */
const PATTERNS_OF_CONTRACTS = [
  {
    name: '@nestjs/microservices',
    importNames: ['EventPattern', 'MessagePattern'],
    message: 'Use EventPattern of @app/messaging: it takes the contract and checks the type of the payload.',
  },
];

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', '.local/', 'node_modules/', 'test/boundaries/fixtures/', 'test/client/'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'max-lines': ['error', { max: 250 }],
      'max-lines-per-function': ['error', { max: 50, skipComments: true }],
      'max-depth': ['error', 3],
      complexity: ['error', 12],
      eqeqeq: 'error',
      'no-console': 'error',
      'no-var': 'error',
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx'] }],
      'object-shorthand': 'error',
      'prefer-const': 'error',
      'no-restricted-syntax': ['error', ...THROUGH_PLATFORM, CHANCE],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    files: ['{apps,libs}/**/*.ts'],
    ignores: ['libs/messaging/src/consumer/event-pattern.decorator.ts'],
    rules: { 'no-restricted-imports': ['error', ...PATTERNS_OF_CONTRACTS] },
  },
  {
    // What is recognised as valid is not converted, see libs/platform/src/http/body-recogniser.ts.
    files: ['{apps,libs}/*/src/**/*.dto.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { name: 'class-transformer', message: 'The body of a request is not converted; nest objects with @Nested.' },
        { name: 'class-validator', importNames: ['ValidateNested'], message: 'Use @Nested from @app/platform.' },
      ],
    },
  },
  { files: ['apps/*/src/use-cases/**/*.ts'], rules: { 'max-lines-per-function': ['error', { max: 80 }] } },
  {
    // A controller method binds a request to a use case; ten lines and a long signature are enough for that.
    files: ['**/*.controller.ts'],
    rules: { 'max-lines-per-function': ['error', { max: 16, skipComments: true }] },
  },
  {
    files: ['apps/*/src/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...THROUGH_PLATFORM, CHANCE, ERRORS_OF_THE_DOMAIN, WHERE_ERRORS_STAND] },
  },
  {
    files: ['apps/*/src/domain/*.errors.ts'],
    rules: { 'no-restricted-syntax': ['error', ...THROUGH_PLATFORM, CHANCE, ERRORS_OF_THE_DOMAIN] },
  },
  { files: ['libs/platform/**'], rules: { 'no-restricted-syntax': ['error', CHANCE] } },
  {
    files: ['*.{js,cjs}', '{bench,deploy,test,tools}/**', 'libs/platform/src/chance.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  { files: ['tools/**', 'bench/**', 'test/**'], rules: { 'no-console': 'off' } },
  {
    files: TESTS,
    rules: {
      'max-lines-per-function': 'off',
      'no-restricted-syntax': ['error', ...NO_FIXED_SLEEP],
      '@typescript-eslint/no-non-null-assertion': 'off',
      // JSON of a response is what the test says it is; expect(object.method) is not a call.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    // They are the waiting: eventually() and the load of the benches.
    files: [
      'libs/testing/**/*.ts',
      '{apps,libs}/*/test/**/*.ts',
      'bench/**/*.ts',
      'test/faults/**/*.ts',
      'test/fuzz/**/*.ts',
    ],
    ignores: ['**/*.{spec,int-spec,e2e-spec}.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  { files: ['**/*.{js,cjs,mjs}'], ...tseslint.configs.disableTypeChecked },
  prettier,
);
