import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensureArtifacts } from '../tools/stack/artifacts.ts';
import { java } from '../tools/stack/java.ts';

const run = promisify(execFile);
const repository = join(import.meta.dirname, '..');

/** On what it was measured. */
export interface Machine {
  readonly cpus: number;
  readonly model: string;
  readonly memoryGiB: number;
  readonly system: string;
  /** By the name of the program or package. */
  readonly versions: Readonly<Record<string, string>>;
  /** Of the repository; with a plus when files had been changed since. */
  readonly commit: string;
}

const PACKAGES = ['@nestjs/core', 'fastify', 'kafkajs', 'pg'];

export async function thisMachine(): Promise<Machine> {
  const { javaClassPath, postgres, redisServer } = await ensureArtifacts();
  const jars = readdirSync(javaClassPath.replace(/\*$/, ''));
  const jar = (name: RegExp): string => jars.map((file) => name.exec(file)?.[1]).find(Boolean) ?? 'unknown';
  const { dependencies } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  return {
    cpus: cpus().length,
    model: cpus()[0]?.model ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release()}`,
    versions: {
      Node: process.version.slice(1),
      PostgreSQL: await numberIn(join(postgres, 'bin', 'postgres'), ['--version']),
      Kafka: jar(/^kafka_[\d.]+-([\d.]+)\.jar$/),
      ZooKeeper: jar(/^zookeeper-([\d.]+)\.jar$/),
      Java: await numberIn(java(), ['-version']),
      Redis: await numberIn(redisServer, ['--version']),
      ...Object.fromEntries(PACKAGES.map((name) => [name, dependencies[name] ?? 'unknown'])),
    },
    commit: await commit(),
  };
}

/** The first number with a dot in what a program says, on whichever of its outputs. */
async function numberIn(program: string, args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await run(program, [...args], { timeout: 10_000 });
  return /\d+(?:\.\d+)+/.exec(stdout + stderr)?.[0] ?? 'unknown';
}

async function commit(): Promise<string> {
  try {
    const git = async (...args: string[]): Promise<string> =>
      (await run('git', args, { cwd: repository, timeout: 10_000 })).stdout.trim();
    const changed = (await git('status', '--porcelain', '--untracked-files=no')) !== '';
    return `${await git('rev-parse', '--short=10', 'HEAD')}${changed ? '+' : ''}`;
  } catch {
    return 'unknown';
  }
}
