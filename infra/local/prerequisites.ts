import { spawnSync } from 'node:child_process';
import { artifactsMissing } from './artifacts.ts';
import { java } from './java.ts';
import { hostPortVariable, type LocalSystem } from './local-system.ts';
import { isFree } from './ports.ts';

/** What keeps the native stack from being started on this machine, in sentences; empty when nothing does. */
export async function missingPrerequisites(system: LocalSystem): Promise<string[]> {
  return [...missingPrograms(), ...(await takenPorts(system))];
}

function missingPrograms(): string[] {
  const problems: string[] = [];
  const version = javaVersion();
  if (version === undefined) problems.push('Java is missing: install a JDK or JRE, version 17 or newer.');
  else if (version < 17) problems.push(`Java is too old: version ${String(version)} found, 17 or newer needed.`);
  if (artifactsMissing()) {
    if (!answers('mvn')) problems.push('Maven (mvn) is missing: it fetches Kafka, PostgreSQL and Redis.');
    if (!answers('tar')) problems.push('tar is missing: PostgreSQL comes as an archive.');
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

async function takenPorts({ ports, services }: LocalSystem): Promise<string[]> {
  const { mail, ...others } = ports;
  const wanted = Object.entries({ ...others, maildev: mail, ...services });
  const free = await Promise.all(wanted.map(([, port]) => isFree(port)));
  return wanted
    .filter((_, index) => free[index] === false)
    .map(([name, port]) => {
      const elsewhere = `${hostPortVariable(name)}=${String(port + 10)} ./start-system.sh`;
      const component = name === 'smtp' ? 'maildev' : name;
      return `Port ${String(port)} is taken, ${component} needs it. Free it, or move it: ${elsewhere}`;
    });
}
