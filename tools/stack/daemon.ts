/**
 * The supervisor of the local system, started in the background by `cli.ts` and ended with SIGTERM. Its output is
 * .local/logs/supervisor.log.
 */
import { ensureArtifacts, ensureZipkin, type Artifacts } from './artifacts.ts';
import type { ComponentStatus } from './component.ts';
import { untilConsuming } from './consuming.ts';
import { developmentAuthentication } from './development-issuer.ts';
import { fulfilWishes } from './control.ts';
import { fulfil } from './fulfil.ts';
import { localSystem, type LocalSystem } from './local-system.ts';
import { describeExit } from './managed-process.ts';
import { paths } from './paths.ts';
import { ownerOf } from './run-record.ts';
import { removeState, writeState, type RunState } from './run-state.ts';
import { serviceNames } from './service-names.ts';
import { Stack, type StackPlan } from './stack.ts';

const keepAlive = setInterval(() => undefined, 2 ** 30);
const startedAt = new Date().toISOString();
let phase: RunState['phase'] = 'starting';

async function main(): Promise<void> {
  if (ownerOf(paths.run) !== undefined) throw new Error('the system is already running');
  const system = localSystem();
  const artifacts = await ensureArtifacts();
  const { zipkinPort: port } = system;
  const stack = assemble(system, artifacts, port === undefined ? undefined : { port, jar: await ensureZipkin() });
  stopOnSignal(stack);
  reportChanges(stack);
  fulfilWishes(async (wish) => {
    if (phase !== 'ready') throw new Error(`the system is ${phase}; try again when it is ready`);
    log(`asked for ${JSON.stringify(wish)}`);
    await fulfil(stack, wish).finally(() => publish(stack));
  });
  try {
    await stack.supervisor.startAll();
    await untilConsuming(Object.values(stack.services));
    if (phase === 'starting') phase = 'ready';
    publish(stack);
  } catch (error) {
    if (phase === 'stopping') return; // told to stop meanwhile; the signal's handler sees it through
    phase = 'failed';
    publish(stack, error instanceof Error ? error.message : String(error));
    console.error(error);
    process.exitCode = 1;
    clearInterval(keepAlive);
  }
}

function assemble(
  { ports, directories, services }: LocalSystem,
  artifacts: Artifacts,
  zipkin: StackPlan['zipkin'],
): Stack {
  const stack = new Stack({ ports, directories, zipkin, env: developmentAuthentication(), restart: true }, artifacts);
  for (const service of serviceNames) {
    const port = services[service];
    if (port !== undefined) stack.addService({ service, port });
  }
  publish(stack);
  return stack;
}

function stopOnSignal(stack: Stack): void {
  const stop = async (): Promise<void> => {
    if (phase === 'stopping') return;
    phase = 'stopping';
    publish(stack);
    await stack.supervisor.stopAll();
    removeState();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void stop());
}

function reportChanges(stack: Stack): void {
  stack.supervisor.onExit((exit) => {
    if (!exit.expected) log(`${exit.name} (${String(exit.pid)}) ended: ${describeExit(exit)}`);
  });
  stack.supervisor.onChange((status: ComponentStatus) => {
    log(`${status.name} ${status.state}`);
    publish(stack);
  });
}

function publish(stack: Stack, error?: string): void {
  const { supervisor, services, mailUrl: mail, kafka, redisUrl: redis, smtpUrl: smtp } = stack;
  writeState({
    phase,
    pid: process.pid,
    startedAt,
    components: supervisor.names.map((name) => supervisor.status(name)),
    urls: {
      ...{ ...services, mail, kafka, redis, smtp, database: stack.databaseUrl('admin') },
      ...(stack.zipkinUrl !== undefined && { traces: stack.zipkinUrl }),
    },
    ...(error !== undefined && { error }),
  });
}

function log(message: string): void {
  console.log(`${new Date().toISOString()} ${message}`);
}

await main();
