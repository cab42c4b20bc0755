import { untilConsuming } from './consuming.ts';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ensureArtifacts, type Artifacts } from './artifacts.ts';
import { ensureDirectory, paths, postgresHome } from './paths.ts';
import { freePorts } from './ports.ts';
import { endLeftovers, hasRecord, ownerOf } from './run-record.ts';
import type { ServiceName } from './service-names.ts';
import { Stack, type InfrastructureName, type ServiceRequest, type StackDirectories } from './stack.ts';

export interface StartStackOptions {
  /** Infrastructure to start; by default all of it. `kafka` needs `zookeeper`. */
  readonly components?: readonly InfrastructureName[];
  /** Instances of services, by default none. The same service may appear several times: replicas. */
  readonly services?: readonly (ServiceName | ServiceRequest)[];
  /** For all services; a request's own `env` wins. */
  readonly env?: Readonly<Record<string, string>>;
  /** Start again what dies. Off by default: a test decides itself. See `supervisor.setRestart`. */
  readonly restart?: boolean;
  /** Part of the directory's name. */
  readonly label?: string;
  /** Leave data and logs in place after `stop`, to look at them. */
  readonly keepFiles?: boolean;
}

/** A stack of its own for a test. */
export interface RunningStack extends Omit<Stack, 'addService'> {
  /** Starts one more instance of a service, resolves with its name and base URL when it is ready. */
  startService(request: ServiceName | ServiceRequest): Promise<{ readonly name: string; readonly url: string }>;
  /** Stops everything and removes its files. */
  stop(): Promise<void>;
}

/**
 * Starts an isolated system on free ports, in a directory of its own, and resolves when all of it is ready. Rejects
 * with `ComponentFailed`, and nothing is left running then. When the calling process ends without `stop`, however
 * that happens, the processes end by themselves and the next call removes the files.
 */
export async function startStack(options: StartStackOptions = {}): Promise<RunningStack> {
  const artifacts = await ensureArtifacts();
  await sweepStacks();
  const directories = createDirectories(options.label ?? 'stack');
  const stack = await assemble(options, directories, artifacts);
  const stop = async (): Promise<void> => {
    await stack.supervisor.stopAll();
    if (options.keepFiles !== true) removeDirectories(basename(directories.run));
  };
  try {
    for (const request of options.services ?? []) await addService(stack, request);
    await stack.supervisor.startAll();
    await untilConsuming(Object.values(stack.services));
  } catch (error) {
    await stop();
    throw error;
  }
  const startService: RunningStack['startService'] = async (request) => {
    const name = await addService(stack, request);
    await stack.supervisor.start(name);
    return { name, url: stack.services[name] ?? '' };
  };
  return Object.assign(stack, { startService, stop });
}

async function assemble(
  options: StartStackOptions,
  directories: StackDirectories,
  artifacts: Artifacts,
): Promise<Stack> {
  const [zookeeper = 0, kafka = 0, postgres = 0, redis = 0, smtp = 0, mail = 0] = await freePorts(6);
  const [port = 0, proxyPort = 0] = await freePorts(2);
  const plan = {
    ports: { zookeeper, kafka, postgres, redis, smtp, mail },
    kafkaBehindProxy: { port, proxyPort },
    directories,
    restart: options.restart ?? false,
    ...(options.components && { components: options.components }),
    ...(options.env && { env: options.env }),
  };
  return new Stack(plan, artifacts);
}

async function addService(stack: Stack, request: ServiceName | ServiceRequest): Promise<string> {
  const full = typeof request === 'string' ? { service: request } : request;
  const [freePort = 0] = full.port === undefined ? await freePorts(1) : [];
  return stack.addService({ ...full, port: full.port ?? freePort });
}

function createDirectories(label: string): StackDirectories {
  const run = mkdtempSync(join(ensureDirectory(paths.stacks), `${label}-`));
  chmodSync(run, 0o755); // PostgreSQL's user has to walk through
  return {
    run,
    logs: join(run, 'logs'),
    data: join(run, 'data'),
    postgres: join(postgresStack(basename(run)), 'postgres'),
  };
}

/** Removes the files of stacks whose test has died, and ends what may still run of them. */
async function sweepStacks(): Promise<void> {
  if (!existsSync(paths.stacks)) return;
  for (const name of readdirSync(paths.stacks)) {
    const directory = join(paths.stacks, name);
    if (!hasRecord(directory) || ownerOf(directory) !== undefined) continue;
    await endLeftovers(directory);
    removeDirectories(name);
  }
}

function removeDirectories(name: string): void {
  for (const directory of [postgresStack(name), join(paths.stacks, name)]) {
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** The same folder as the stack's, unless PostgreSQL's files have to live outside of the repository. */
function postgresStack(name: string): string {
  return join(postgresHome, 'stacks', name);
}
