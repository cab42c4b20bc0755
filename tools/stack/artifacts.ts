import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ensureDirectory, paths, postgresHome } from './paths.ts';

const run = promisify(execFile);
const stampName = 'pom.sha256';

/** Where the programs of the infrastructure are on this machine. */
export interface Artifacts {
  readonly javaClassPath: string;
  /** Holds `bin`, `lib` and `share`. */
  readonly postgres: string;
  readonly redisServer: string;
}

/** Whether `ensureArtifacts` has to call Maven. */
export function artifactsMissing(observe = false): boolean {
  return !isCurrent(paths.jars, paths.pom) || (observe && !isCurrent(paths.observe, paths.observePom));
}

let inProgress: Promise<Artifacts> | undefined;

/**
 * Fetches and unpacks what the pom names, once for each version of the pom. Whoever asks while that is being done waits for
 * the same: two Mavens would be in each other's way.
 */
export function ensureArtifacts(progress: (message: string) => void = () => undefined): Promise<Artifacts> {
  inProgress ??= fetchAndUnpack(progress).finally(() => (inProgress = undefined));
  return inProgress;
}

async function fetchAndUnpack(progress: (message: string) => void): Promise<Artifacts> {
  if (artifactsMissing()) {
    progress('Downloading Kafka, PostgreSQL and Redis with Maven (only the first time) …');
    await replaceDirectory(paths.jars, paths.pom, fetchInfrastructure);
  }
  const binaries = join(paths.jars, 'binaries');
  const postgres = join(postgresHome, 'postgres');
  if (!isCurrent(postgres, paths.pom))
    await replaceDirectory(postgres, paths.pom, (directory) => unpackPostgres(binaries, directory));
  return { javaClassPath: join(paths.jars, 'class-path', '*'), postgres, redisServer: redisServer(binaries) };
}

/** The same for what shows traces. @returns where Zipkin is. */
export async function ensureZipkin(progress: (message: string) => void = () => undefined): Promise<string> {
  if (!isCurrent(paths.observe, paths.observePom)) {
    progress('Downloading Zipkin with Maven (only the first time) …');
    await replaceDirectory(paths.observe, paths.observePom, (directory) =>
      maven('Zipkin', paths.observePom, directory, ['dependency:copy-dependencies@zipkin']),
    );
  }
  return join(paths.observe, 'zipkin-server-exec.jar');
}

function fetchInfrastructure(directory: string): Promise<void> {
  const goals = ['dependency:copy-dependencies@class-path', 'dependency:unpack-dependencies@binaries'];
  return maven('Kafka, PostgreSQL and Redis', paths.pom, directory, goals);
}

async function maven(what: string, pom: string, directory: string, goals: readonly string[]): Promise<void> {
  await run('mvn', ['-q', '-B', '-f', pom, `-Dtarget=${directory}`, ...goals]).catch((error: unknown) => {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`Maven could not download ${what}:\n${stdout}${stderr}`.trimEnd());
  });
}

async function unpackPostgres(binaries: string, directory: string): Promise<void> {
  const archive = readdirSync(binaries).find((name) => name.endsWith('.txz'));
  if (archive === undefined) throw new Error(`no PostgreSQL archive found in ${binaries}`);
  await run('tar', ['-xJf', join(binaries, archive), '-C', directory]);
}

function redisServer(binaries: string): string {
  const { platform, arch } = process;
  const suffix = `-${platform}-${arch === 'x64' ? 'amd64' : arch}`;
  const name = readdirSync(binaries).find((file) => file.startsWith('redis-server-') && file.endsWith(suffix));
  if (name === undefined) throw new Error(`no Redis is available for ${platform} ${arch}; use Docker (--docker)`);
  const path = join(binaries, name);
  chmodSync(path, 0o755);
  return path;
}

function isCurrent(directory: string, pom: string): boolean {
  const stamp = join(directory, stampName);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === hashOf(pom);
}

/** Filled aside and renamed: what is at `directory` is whole, also when two commands do this at the same time. */
async function replaceDirectory(
  directory: string,
  pom: string,
  fill: (directory: string) => Promise<void>,
): Promise<void> {
  ensureDirectory(dirname(directory));
  const aside = `${directory}.${String(process.pid)}`;
  rmSync(aside, { recursive: true, force: true });
  ensureDirectory(aside);
  try {
    await fill(aside);
    writeFileSync(join(aside, stampName), hashOf(pom));
    rmSync(directory, { recursive: true, force: true });
    renameSync(aside, directory);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

function hashOf(pom: string): string {
  return createHash('sha256').update(readFileSync(pom)).digest('hex');
}
