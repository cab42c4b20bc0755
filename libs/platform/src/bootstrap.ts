import { Logger, type DynamicModule, type NestApplicationOptions, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Authentication } from './auth/authentication';
import { checkAccessRules } from './auth/access-rules';
import { type AuthConfig, requiresCredentials } from './auth/auth-config';
import type { CommonConfig } from './config/common-config';
import type { TracingConfig } from './config/tracing-config';
import { ConfigurationError } from './config/configuration.error';
import type { ProblemCatalogue } from './errors/problem-catalogue';
import { StartupError } from './errors/startup.error';
import { configureHttp } from './http/configure-http';
import { httpAdapter } from './http/http-adapter';
import { limitConnections } from './http/limit-connections';
import { Lifecycle } from './lifecycle';
import { PinoLogger } from './logging/pino.logger';
import { Metrics } from './metrics/metrics';
import { listenForScrapes, serveMetrics } from './metrics/serve-metrics';
import { PlatformModule } from './platform.module';
import { shutDownOnSignals } from './shutdown';

/**
 * Connections the kernel holds for a process that is busy. Node's default of 511 drops some of a thousand customers who come at
 * once: they try again after 1, 3, 7 and 15 seconds, and by then their clients have given up.
 */
const CONNECTION_BACKLOG = 4_096;

/** The config a service needs to run at all. */
export type BootstrapConfig = Pick<
  CommonConfig,
  | 'host'
  | 'port'
  | 'httpMaxConnections'
  | 'logLevel'
  | 'logFormat'
  | 'serviceVersion'
  | 'shutdownTimeoutMs'
  | 'shutdownDelayMs'
> &
  Partial<Pick<CommonConfig, 'metrics' | 'metricsHost' | 'metricsPort'>> &
  AuthConfig &
  TracingConfig;

/** One service, described for `bootstrapService`. */
export interface ServiceOptions {
  /** As in the documentation: `order-service`. */
  readonly name: string;
  /** Default: `SERVICE_VERSION`. */
  readonly version?: string;
  /** What it is there for, in a sentence or two of Markdown; the beginning of its OpenAPI document. */
  readonly description?: string;
  /** What the codes mean that it may answer with, beside those of every service. */
  readonly problems?: ProblemCatalogue;
  readonly module: Type | DynamicModule;
  readonly config: BootstrapConfig;
  /** Runs before anything listens: attach the Kafka transport here with `app.connectMicroservice`. */
  readonly configure?: (app: NestFastifyApplication) => void | Promise<void>;
}

/**
 * Runs a service until it is told to stop: builds it, starts the attached microservices, listens, becomes ready.
 * SIGTERM and SIGINT drain it (see `shutDownOnSignals`). A service that cannot start writes one fatal line and
 * exits with 1; so does one in which an error reaches nobody.
 */
export async function bootstrapService(options: ServiceOptions): Promise<void> {
  const logger = serviceLogger(options);
  Logger.overrideLogger(logger);
  exitOnUncaught(logger);
  try {
    const { metricsPort, metricsHost = '127.0.0.1' } = options.config;
    const metrics = metricsOf(options);
    // Before anything is built: that waits for the database.
    if (metrics.isOn && metricsPort !== undefined) await listenForScrapes(metrics, metricsPort, metricsHost);
    const app = await createService(options, metrics);
    shutDownOnSignals(app, options.config.shutdownTimeoutMs, options.config.shutdownDelayMs);
    await startService(app, options);
  } catch (error) {
    dieOfBootError(logger, error);
  }
}

/**
 * The built application, with everything but listening and signals. `configure` has run, nothing is started or initialised;
 * close it with `app.close()`. Rejects with what made the start impossible. Tests use `createTestService` of `@app/testing`.
 */
export async function createService(
  options: ServiceOptions,
  metrics = metricsOf(options),
): Promise<NestFastifyApplication> {
  const root = { module: ServiceRoot, imports: serviceImports(options, metrics) };
  return prepareService(
    await NestFactory.create<NestFastifyApplication>(root, httpAdapter(), applicationOptions(options)),
    options,
  );
}

/** What the root module of a service imports: the platform and the service; the service's own module stays free of both. */
export function serviceImports(options: ServiceOptions, metrics = metricsOf(options)): (Type | DynamicModule)[] {
  const { name, version = options.config.serviceVersion, module, description, problems } = options;
  return [PlatformModule.forRoot({ name, version, description, problems }, options.config, metrics), module];
}

/** How Nest builds the application of a service. */
export function applicationOptions(options: ServiceOptions): NestApplicationOptions {
  return { bodyParser: false, abortOnError: false, logger: serviceLogger(options) };
}

/** Gives a built application what every service does with HTTP, and then what `options.configure` does. */
export async function prepareService(
  app: NestFastifyApplication,
  options: ServiceOptions,
): Promise<NestFastifyApplication> {
  checkAccessRules(app);
  configureHttp(app);
  if (options.config.metricsPort === undefined) {
    serveMetrics(app.getHttpAdapter().getInstance(), app.get(Metrics), app.get(Authentication));
  }
  limitConnections(app.getHttpAdapter().getInstance().server, options.config.httpMaxConnections);
  await options.configure?.(app);
  return app;
}

/** Starts the attached microservices, listens on HTTP and marks the service ready. */
export async function startService(app: NestFastifyApplication, { name, config }: ServiceOptions): Promise<void> {
  await app.startAllMicroservices();
  await app.listen({ port: config.port, host: config.host, backlog: CONNECTION_BACKLOG }).catch((error: unknown) => {
    throw isTaken(error) ? new StartupError(`Port ${config.port} on ${config.host} is already in use`) : error;
  });
  app.get(Lifecycle).markReady();
  const logger = new Logger('Bootstrap');
  logger.log(`${name} is ready at ${await app.getUrl()}`);
  if (!requiresCredentials(config)) {
    logger.warn(
      'Requests need no credentials: whoever reaches the port may do anything; see AUTH_ISSUER and AUTH_API_KEYS',
    );
  }
}

class ServiceRoot {}

function metricsOf({ config }: ServiceOptions): Metrics {
  return new Metrics(config.metrics ?? true);
}

function serviceLogger({ name, version, config }: ServiceOptions): PinoLogger {
  return new PinoLogger({
    service: name,
    version: version ?? config.serviceVersion,
    level: config.logLevel,
    format: config.logFormat,
  });
}

function exitOnUncaught(logger: PinoLogger): void {
  process.on('uncaughtException', (error) => {
    logger.fatal('Uncaught exception; exiting', error);
    process.exit(1);
  });
  process.on('unhandledRejection', (reason) => {
    logger.fatal('Unhandled promise rejection; exiting', asError(reason));
    process.exit(1);
  });
}

function dieOfBootError(logger: PinoLogger, reason: unknown): never {
  const error = asError(reason);
  if (error instanceof ConfigurationError || error instanceof StartupError) logger.fatal(error.message);
  else logger.fatal('The service could not start', error);
  process.exit(1);
}

function isTaken(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EADDRINUSE';
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(`Something other than an error was thrown: ${String(reason)}`);
}
