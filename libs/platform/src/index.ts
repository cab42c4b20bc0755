export { Allow, CurrentCaller, Public } from './auth/access.decorators';
export { OwnUser } from './auth/own-user.decorator';
export { authConfig } from './auth/auth-config';
export { actorOf, type Caller, ownerFor, type Role, userShownTo } from './auth/caller';
export { bisect } from './async/bisect';
export { repeatedly } from './async/repeatedly';
export { around, backoff, sleep } from './async/sleep';
export { unlessAborted, withinTime } from './async/within-time';
export {
  applicationOptions,
  bootstrapService,
  createService,
  prepareService,
  serviceImports,
  type ServiceOptions,
  startService,
} from './bootstrap';
export { CallNotAnswered, CallNotMade } from './breaker/breaker-errors';
export { breakerDetails, BreakerHealthIndicator } from './breaker/breaker.health-indicator';
export { type BreakerOptions, CircuitBreaker } from './breaker/circuit-breaker';
export { CircuitBreakers } from './breaker/circuit-breakers';
export { PlatformCacheModule } from './cache/cache.module';
export { ReadThroughCache } from './cache/read-through.cache';
export { Chance } from './chance';
export { Clock, SharedClock, SystemClock } from './clock';
export { type CommonConfig, commonConfig } from './config/common-config';
export type { ConfigurationProblem } from './config/configuration.error';
export { defineConfig } from './config/define-config';
export { defineServiceConfig } from './config/define-service-config';
export { tracingConfig } from './config/tracing-config';
export { renderEnvExample } from './config/env-example';
export {
  bool,
  durationMs,
  oneOf,
  optional,
  positiveInt,
  ratio,
  text,
  url,
  type Variable,
  type VariableOptions,
} from './config/variables';
export { describeService } from './describe-service';
export { ApiProblems } from './errors/api-problems.decorator';
export { PLATFORM_PROBLEMS, type ProblemCatalogue } from './errors/problem-catalogue';
export { DomainError } from './errors/domain.error';
export { errorToProblem, translateErrorsBy, unavailable } from './errors/error-to-problem';
export type { Problem } from './errors/problem-details';
export { asError, messageOf } from './errors/message-of';
export { StartupError } from './errors/startup.error';
export { failureReason } from './health/failure-reason';
export { HealthIndicator, type HealthResult } from './health/health-indicator';
export { HealthRegistry } from './health/health-registry';
export { decodeCursor, encodeCursor } from './http/cursor';
export { IsMoney, IsPrintable } from './http/field-decorators';
export { parseIdempotencyKey } from './http/idempotency-key';
export { DEFAULT_PAGE_LIMIT, IsPage, PageQuery } from './http/page';
export { httpAdapter } from './http/http-adapter';
export { ApiGroup } from './http/open-api';
export { keepRawBody, rawBodyOf } from './http/raw-body';
export { Nested } from './http/nested.decorator';
export { OptionalBody } from './http/optional-body.decorator';
export { invalidRequest, validationPipe } from './http/validation.pipe';
export { Ids, UuidV7Ids } from './ids';
export { Lifecycle } from './lifecycle';
export { BufferedLog } from './logging/buffered-log';
export { HIDDEN_CONTROLS, withVisibleControls } from './logging/control-characters';
export { currentLogContext, currentTrace, type LogContext, runWithLogContext } from './logging/log-context';
export { Outage } from './logging/outage';
export { redactText } from './logging/redaction';
export type { Counter, Gauge, Histogram } from './metrics/metrics';
export { Metrics } from './metrics/metrics';
export { ServiceInfo } from './service-info';
export { shutDown } from './shutdown';
export type { FinishedSpan, SpanAttributes } from './tracing/span';
export { type Stopwatch, Tracing } from './tracing/tracing';
