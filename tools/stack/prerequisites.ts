import { spawnSync } from 'node:child_process';
import { artifactsMissing } from './artifacts.ts';
import { java } from './java.ts';
import { hostPortVariable, type LocalSystem } from './local-system.ts';
import { isFree } from './ports.ts';

/** What keeps the native stack from being started on this machine, in sentences; empty when nothing does. */
export async function missingPrerequisites(system: LocalSystem): Promise<string[]> {
  return [...missingPrograms(system.zipkinPort !== undefined), ...(await takenPorts(system))];
}

function missingPrograms(observe: boolean): string[] {
  const problems: string[] = [];
  const version = javaVersion();
  if (version === undefined) problems.push('Java is missing: install a JDK or JRE, version 17 or newer.');
  else if (version < 17) problems.push(`Java is too old: version ${String(version)} found, 17 or newer required.`);
  if (artifactsMissing(observe)) {
    if (!answers('mvn')) problems.push('Maven (mvn) is missing; it downloads Kafka, PostgreSQL and Redis.');
    if (!answers('tar')) problems.push('tar is missing; it unpacks PostgreSQL.');
    // The tar of macOS unpacks xz by itself.
    if (process.platform === 'linux' && !answers('xz')) problems.push('xz is missing (package xz-utils or xz).');
  }
  return problems;
}

function javaVersion(): number | undefined {
  const { error, stderr } = spawnSync(java(), ['-version'], { encoding: 'utf8' });
  if (error !== undefined) return undefined;
  const [, major, minor] = /version "(\d+)(?:\.(\d+))?/.exec(stderr) ?? [];
  // Up to Java 8 versions read 1.8.
  return major === undefined ? undefined : Number(major === '1' ? minor : major);
}

function answers(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;
}

async function takenPorts({ ports, services, zipkinPort }: LocalSystem): Promise<string[]> {
  const { mail, ...others } = ports;
  const wanted = Object.entries({
    ...{ ...others, maildev: mail, ...services },
    ...(zipkinPort !== undefined && { zipkin: zipkinPort }),
  });
  const free = await Promise.all(wanted.map(([, port]) => isFree(port)));
  const taken = wanted.filter((_, index) => free[index] === false);
  if (taken.length === 0) return [];
  const moves: string[] = [];
  const used = new Set(wanted.map(([, port]) => port));
  for (const [name, port] of taken) moves.push(`${hostPortVariable(name)}=${String(await freePortAbove(port, used))}`);
  const sentences = taken.map(
    ([name, port]) => `Port ${String(port)} is in use, but ${name === 'smtp' ? 'maildev' : name} needs it.`,
  );
  // In .env every command finds them again: start, stop, ops, the smoke test.
  return [...sentences, `Free ${taken.length === 1 ? 'it' : 'them'}, or use other ports:\n\n    ${asCommand(moves)}\n`];
}

function asCommand(lines: readonly string[]): string {
  return `printf '%s\\n' ${lines.join(' ')} >> .env && ./start-system.sh`;
}

/** The first free one, ten further on each time; it counts as used then. */
async function freePortAbove(taken: number, used: Set<number>): Promise<number> {
  let port = taken + 10;
  while (port < 65_000 && (used.has(port) || !(await isFree(port)))) port += 10;
  used.add(port);
  return port;
}
