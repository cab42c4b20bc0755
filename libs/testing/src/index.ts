export { afterEachStatement, type Queries } from './after-each-statement';
export { LONGEST_STALL_MS, watchEventLoop, type EventLoopStall } from './event-loop-stalls';
export { eventually, type EventuallyOptions } from './eventually';
export { anEvent, anOrderId, asKafkaMessage } from './events';
export { lockOutside } from './outside-lock';
export { objectionsTo, plansOf, type PlanBounds, type QueryPlan } from './query-plans';
export { TcpProxy, type Direction } from './tcp-proxy';
export { createTestDatabase, type TestDatabase } from './test-database';
export { infrastructureUrls, type InfrastructureUrls } from './test-infrastructure';
