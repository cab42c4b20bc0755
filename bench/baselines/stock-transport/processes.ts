import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Admin } from 'kafkajs';
import { describeExit, freePorts, logTail, memoryEnv, nodeFlagsOf, Supervisor } from '../../../tools/stack/index.ts';
import { buildPrograms } from '../../../test/programs/build-programs.ts';
import { hasJoined } from '../kafka.ts';
import { groupOf, ROLES, type Role } from './roles.ts';

const output = join(import.meta.dirname, '../../../.local/bench');
const PROGRAM = 'stock-transport';

export interface RoleProcessesOptions {
  readonly kafka: string;
  readonly databaseUrl: string;
  /** Of one role's server, as kafkajs has it. */
  readonly partitionsConsumedConcurrently: number;
}

/** The four processes, each with a log of its own. */
export class RoleProcesses {
  readonly pids: Readonly<Record<string, number>>;
  /** Where orders are placed. */
  readonly baseUrl: string;
  /** Rejects when one of them dies before it is told to. */
  readonly death: Promise<never>;
  private readonly supervisor: Supervisor;
  private readonly directory: string;

  private constructor(supervisor: Supervisor, directory: string, port: number) {
    this.supervisor = supervisor;
    this.directory = directory;
    this.baseUrl = `http://127.0.0.1:${port}`;
    this.pids = Object.fromEntries(ROLES.map((role) => [role, supervisor.pid(role) ?? 0]));
    this.death = new Promise<never>((_resolve, reject) => {
      supervisor.onExit(({ name, expected, ...exit }) => {
        if (!expected) reject(new Error(`the process ${name} died (${describeExit(exit)})`));
      });
    });
    this.death.catch(() => undefined);
  }

  /**
   * Builds the program as the services are built, and resolves when all consumers have joined their groups.
   * @throws ComponentFailed with the log of the process that does not get that far.
   */
  static async start(admin: Admin, options: RoleProcessesOptions): Promise<RoleProcesses> {
    await buildPrograms({ [PROGRAM]: join(import.meta.dirname, 'program/main.ts') }, output);
    mkdirSync(output, { recursive: true });
    const directory = mkdtempSync(join(output, `${PROGRAM}-`));
    const supervisor = new Supervisor(directory);
    const [port = 0] = await freePorts(1);
    for (const role of ROLES) supervisor.add(component(role, admin, { ...options, directory, port }));
    await supervisor.startAll();
    return new RoleProcesses(supervisor, directory, port);
  }

  /** What each of them said last. */
  logs(): string {
    return ROLES.map((role) => `${role}:\n${logTail(this.supervisor.logFile(role))}`).join('\n');
  }

  async stop(): Promise<void> {
    await this.supervisor.stopAll();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function component(
  role: Role,
  admin: Admin,
  { kafka, databaseUrl, directory, port, ...options }: RoleProcessesOptions & { directory: string; port: number },
): Parameters<Supervisor['add']>[0] {
  return {
    name: role,
    command: process.execPath,
    // As the system's services are run.
    args: [
      '--disable-warning=TimeoutNegativeWarning',
      ...nodeFlagsOf('payment-service'),
      join(output, `${PROGRAM}.js`),
    ],
    env: {
      ...memoryEnv,
      NODE_ENV: 'production',
      NO_COLOR: '1',
      STOCK_ROLE: role,
      STOCK_CONCURRENTLY: String(options.partitionsConsumedConcurrently),
      KAFKA_BOOTSTRAP_SERVERS: kafka,
      DATABASE_URL: databaseUrl,
      PORT: String(port),
    },
    cwd: directory,
    logFile: join(directory, `${role}.log`),
    ports: role === 'order' ? [port] : [],
    dependsOn: [],
    // Nest's server is ready as soon as it has asked to join, which is too early: no record would be read yet.
    ready: async () => {
      if (!(await hasJoined(admin, groupOf(role)))) throw new Error('its consumer has not joined');
      // It listens only after that; any answer will do.
      if (role === 'order') await fetch(`http://127.0.0.1:${String(port)}/`, { signal: AbortSignal.timeout(1_000) });
    },
    readyWithinMs: 60_000,
    stopSignal: 'SIGTERM',
    stopWithinMs: 15_000,
    restart: false,
  };
}
