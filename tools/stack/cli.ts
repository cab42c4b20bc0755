/**
 * The native half of start-system.sh and stop-system.sh.
 *
 *   node cli.ts preflight          exit code 0: may be started, 3: is running, 1: said why not
 *   node cli.ts start              starts the system in the background and waits until it is ready
 *   node cli.ts urls               NAME=address lines of the running system
 *   node cli.ts addresses          the same of the system that runs, or would be started, natively or in Docker
 *   node cli.ts env SERVICE        the environment with which a service run from source joins it, NAME=value lines
 *   node cli.ts stop [--volumes]   stops it, and removes its data
 *
 * `preflight` and `stop` work without node_modules.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { environmentOf, localAddresses } from './addresses.ts';
import { localSystem } from './local-system.ts';
import { paths } from './paths.ts';
import { missingPrerequisites } from './prerequisites.ts';
import { endLeftovers, ownerOf } from './run-record.ts';
import { readState, removeState } from './run-state.ts';
import { serviceNames } from './service-names.ts';

const alreadyRunning = 3;

async function preflight(): Promise<number> {
  if (ownerOf(paths.run) !== undefined) return alreadyRunning;
  await endLeftovers(paths.run);
  const problems = await missingPrerequisites(localSystem());
  if (problems.length === 0) return 0;
  console.error('The system cannot be started here:');
  for (const problem of problems) console.error(`  - ${problem}`);
  return 1;
}

function urls(): number {
  for (const [name, url] of Object.entries(readState()?.urls ?? {})) console.log(`${name}=${url}`);
  return 0;
}

function printLines(values: Readonly<Record<string, string>>): number {
  for (const [name, value] of Object.entries(values)) console.log(`${name}=${value}`);
  return 0;
}

function environment(name: string | undefined): number {
  const service = serviceNames.find((known) => known === name);
  if (service === undefined)
    throw new Error(`unknown service ${name ?? ''}; expected one of ${serviceNames.join(', ')}`);
  return printLines(environmentOf(service));
}

async function stop(withData: boolean): Promise<number> {
  const owner = ownerOf(paths.run);
  if (owner !== undefined) {
    process.kill(owner, 'SIGTERM');
    if (!(await ended(60_000))) process.kill(owner, 'SIGKILL'); // its components follow it (see Reaper)
    await ended(10_000);
  }
  await endLeftovers(paths.run);
  removeState();
  for (const service of serviceNames) rmSync(join(paths.run, `${service}.env`), { force: true });
  console.log(owner === undefined ? 'No native system is running.' : 'Stopped.');
  if (withData) {
    const { data, postgres } = localSystem().directories;
    for (const directory of [data, postgres]) rmSync(directory, { recursive: true, force: true });
    console.log('Data of the native system removed.');
  }
  return 0;
}

async function ended(withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (ownerOf(paths.run) !== undefined && Date.now() < deadline) await sleep(100);
  return ownerOf(paths.run) === undefined;
}

async function main([command, ...flags]: string[]): Promise<number> {
  switch (command) {
    case 'preflight':
      return preflight();
    case 'start': {
      // Loaded here: it needs node_modules.
      const { startLocalSystem } = await import('./start-local-system.ts');
      return startLocalSystem();
    }
    case 'urls':
      return urls();
    case 'addresses': {
      const { services, ...others } = localAddresses();
      return printLines({ ...services, ...others });
    }
    case 'env':
      return environment(flags[0]);
    case 'stop':
      return stop(flags.includes('--volumes'));
    default:
      console.error('usage: cli.ts preflight | start | urls | addresses | env SERVICE | stop [--volumes]');
      return 2;
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
