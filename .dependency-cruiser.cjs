// Which way dependencies may point. Each rule gives its reason and is proved by a tree of its own name under
// test/boundaries/fixtures, which test/boundaries/boundaries.spec.ts expects to violate exactly that rule.
const SPEC = '\\.(?:int-|e2e-)?spec\\.ts$|\\.contract\\.ts$|^(?:apps|libs)/[^/]+/test/';
/** What is run by itself, and may share nothing but what serves all of them. */
const SUITES = 'test/(?:coherence|docs|e2e|faults|fuzz|ops)|bench';
const layer = (...names) => `^apps/[^/]+/src/(?:${names.join('|')})/`;
const sameApp = (...names) => `^apps/$1/src/(?:${names.join('|')})/`;

/** The rooms of libs/messaging, from the ground up: each may use those before it. */
const MESSAGING_FLOORS = [
  { room: 'metrics', comment: 'What is counted, and how what waits is read, does not depend on who has it.' },
  { room: 'linger', comment: 'Waiting for company is a matter of time alone; it knows neither tables nor topics.' },
  { room: 'kafka', comment: 'A client with our settings and codecs does not know what is sent with it.' },
  { room: 'record', comment: 'What was read from a topic is described before anybody decides what to do with it.' },
  {
    room: 'unit-of-work',
    comment: 'A transaction with its outbox is the same whoever asks for it: HTTP, Kafka or a timer.',
  },
  { room: 'failed', comment: 'What becomes of a failure does not depend on who tries again, and when.' },
  {
    room: 'together',
    comment: 'Callers that share a transaction ask for one; neither Kafka nor the world outside is in it.',
  },
  { room: 'due-work', comment: 'Calls to the world outside are made the same way in a service that consumes nothing.' },
  { room: 'consumer', comment: 'Consumption puts failures aside and does not know how they are tried again.' },
  {
    room: 'retry',
    comment: 'Retries go through the handlers of the consumer; the relay, which only publishes, has no part in them.',
  },
  {
    room: 'relay',
  },
];

const messagingFloorRules = MESSAGING_FLOORS.slice(0, -1).map(({ room, comment }, floor) => {
  const above = MESSAGING_FLOORS.slice(floor + 1).map((upper) => upper.room);
  return {
    name: `messaging-${room}-looks-down`,
    comment,
    severity: 'error',
    from: { path: `^libs/messaging/src/${room}/`, pathNot: SPEC },
    to: { path: `^libs/messaging/src/(?:${above.join('|')})/` },
  };
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Modules that need each other are one module; and with ES modules a cycle fails at start, in one order.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'domain-knows-no-framework',
      comment:
        'The rules of the business are plain functions: testable without Nest, TypeORM or Kafka, and outlive them.',
      severity: 'error',
      from: { path: layer('domain'), pathNot: SPEC },
      to: { dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'domain-stands-alone',
      comment:
        'domain/ is the centre: everything may use it, it uses itself, the published events and the pure lifecycles only.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/src/domain/', pathNot: SPEC },
      to: { path: '^(?:apps|libs)/', pathNot: ['^apps/$1/src/domain/', '^libs/(?:events|lifecycle)/src/index\\.ts$'] },
    },
    {
      name: 'use-cases-know-no-door',
      comment: 'A use case is the same whether HTTP, Kafka or a timer asks for it.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/src/use-cases/' },
      to: { path: sameApp('http', 'messaging') },
    },
    {
      name: 'doors-go-through-use-cases',
      comment: 'Controllers and consumers translate and call a use case; tables and the other door are not theirs.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/src/(http|messaging)/', pathNot: SPEC },
      to: { path: sameApp('http', 'messaging', 'persistence', 'gateway', 'delivery'), pathNot: '^apps/$1/src/$2/' },
    },
    {
      name: 'persistence-knows-no-door',
      comment: 'How a row is stored does not depend on who asked for it; adapters point inwards.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/src/(?:persistence|gateway|delivery|metrics)/' },
      to: { path: sameApp('http', 'messaging') },
    },
    {
      name: 'apps-are-separate',
      comment: 'Services are deployed alone and talk through Kafka only.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'libs-know-no-app',
      comment: 'A lib that knows an app cannot be used by the others.',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'libs-are-entered-by-their-index',
      comment: 'What index.ts does not export is nobody else’s business, so a lib can be changed inside.',
      severity: 'error',
      from: { path: '^(apps|libs)/([^/]+)/' },
      to: { path: '^libs/[^/]+/src/', pathNot: ['^libs/[^/]+/src/index\\.ts$', '^$1/$2/'] },
    },
    {
      name: 'platform-and-events-are-the-ground',
      comment: 'Those at the bottom know no other lib, so they can be built, and understood, first.',
      severity: 'error',
      from: { path: '^libs/(platform|events|lifecycle|cloudevents)/', pathNot: SPEC },
      to: { path: '^libs/', pathNot: ['^libs/$1/', '^libs/cloudevents/src/index\\.ts$'] },
    },
    {
      name: 'timeline-runs-anywhere',
      comment:
        'A page in a browser shows a timeline too, so it brings no other lib with it; the types of the contracts are erased.',
      severity: 'error',
      from: { path: '^libs/timeline/', pathNot: SPEC },
      to: { path: '^libs/', pathNot: '^libs/timeline/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'postgres-knows-no-messages',
      comment: 'How a service talks to PostgreSQL is the same with and without Kafka: it needs the platform only.',
      severity: 'error',
      from: { path: '^libs/postgres/', pathNot: SPEC },
      to: { path: '^libs/', pathNot: '^libs/(?:postgres|platform)/' },
    },
    ...messagingFloorRules,
    {
      name: 'messaging-knows-no-product',
      comment: 'The catalogue of events is given to it, so that it serves any product, and can leave this repository.',
      severity: 'error',
      from: { path: '^libs/(?:messaging|cloudevents)/', pathNot: SPEC },
      to: { path: '^libs/events/' },
    },
    {
      name: 'messaging-knows-no-desk',
      comment: 'Retries and dead letters work without anybody who administrates them; the desk is built on top.',
      severity: 'error',
      from: { path: '^libs/messaging/', pathNot: SPEC },
      to: { path: '^libs/desk/' },
    },
    {
      name: 'messaging-knows-no-order-log',
      comment: 'Who words events knows the product; messaging only tells whoever observes it.',
      severity: 'error',
      from: { path: '^libs/(?:messaging|desk|postgres)/', pathNot: SPEC },
      to: { path: '^libs/order-log/' },
    },
    {
      name: 'product-needs-no-testing',
      comment: 'libs/testing is for tests; in a product file it would be deployed.',
      severity: 'error',
      from: { path: '^(?:apps|libs)/', pathNot: ['^libs/testing/', SPEC] },
      to: { path: '^libs/testing/' },
    },
    {
      name: 'product-needs-no-tooling',
      comment: 'A service that imports a tool, a benchmark or a suite can be neither built nor deployed without it.',
      severity: 'error',
      from: { path: '^(?:apps|libs)/', pathNot: SPEC },
      to: { path: '^(?:bench|test|tools)/' },
    },
    {
      name: 'tools-need-no-suite',
      comment:
        'Tools are for operators and developers; suites and benchmarks are built on them, not the other way round.',
      severity: 'error',
      from: { path: '^tools/', pathNot: SPEC },
      to: { path: '^(?:bench|test)/' },
    },
    {
      name: 'tools-use-rules-not-services',
      comment:
        'Domain, figures and configuration are plain data and functions; anything else of a service would have to be wired. Its service.ts is what describeService asks for.',
      severity: 'error',
      from: { path: '^tools/', pathNot: SPEC },
      to: {
        path: '^apps/',
        pathNot: '^apps/[^/]+/src/(?:domain/|persistence/[^/]+\\.figures\\.ts$|(?:config|service)\\.ts$)',
      },
    },
    {
      name: 'suites-are-separate',
      comment:
        'What suites share is in test/system, test/programs or a lib, so that one can be read, or dropped, alone.',
      severity: 'error',
      from: { path: `^(${SUITES})/` },
      to: { path: `^(?:${SUITES})/`, pathNot: '^$1/' },
    },
    {
      name: 'shared-parts-know-no-suite',
      comment: 'test/system and test/programs serve every suite, and so may know none.',
      severity: 'error',
      from: { path: '^test/(?:programs|setup|system)/' },
      to: { path: `^(?:${SUITES})/` },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(?:^|/)(?:dist|\\.local|coverage)/|^test/boundaries/fixtures/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
