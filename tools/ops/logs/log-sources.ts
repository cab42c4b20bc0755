import { execFile } from 'node:child_process';
import { createReadStream, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { serviceNames } from '../../stack/service-names.ts';
import { paths } from '../../stack/paths.ts';
import { OpsError } from '../cli/exit-code.ts';

const DOCKER_WITHIN_MS = 60_000;
const MOST_DOCKER_BYTES = 1024 * 1024 * 1024;

/** Where lines are read from. Each call of `lines` reads them again, one after the other. */
export interface LogSource {
  readonly description: string;
  lines(): AsyncIterable<string>;
}

/** The `*.log` files of a directory. @throws OpsError when it has none. */
export function directorySource(directory: string): LogSource {
  const files = existsSync(directory)
    ? readdirSync(directory).filter(
        (name) => serviceNames.some((service) => name.startsWith(service)) && name.endsWith('.log'),
      )
    : [];
  if (files.length === 0) throw new OpsError(`there are no logs of services in ${directory}; is the system running?`);
  return {
    description: directory,
    async *lines() {
      for (const name of files)
        yield* createInterface({ input: createReadStream(join(directory, name)), crlfDelay: Infinity });
    },
  };
}

/** The logs of the containers of this working copy. */
export function dockerSource(): LogSource {
  return {
    description: 'docker compose logs',
    async *lines() {
      for (const service of serviceNames) yield* (await composeLogs(service)).split('\n');
    },
  };
}

/** The native system's, unless it has none or Docker is asked for. @throws OpsError when there are no logs. */
export function logSource({ docker, directory }: { docker?: true; directory?: string }): LogSource {
  if (directory !== undefined) return directorySource(directory);
  return docker === true || !existsSync(paths.logs) ? dockerSource() : directorySource(paths.logs);
}

async function composeLogs(service: string): Promise<string> {
  const words = ['logs', '--no-color', '--no-log-prefix', service];
  const options = { timeout: DOCKER_WITHIN_MS, maxBuffer: MOST_DOCKER_BYTES };
  const run = promisify(execFile);
  try {
    return (await run('docker', ['compose', ...words], options)).stdout;
  } catch {
    return run('docker-compose', words, options).then(
      ({ stdout }) => stdout,
      () => {
        throw new OpsError(
          'there are neither logs of a native system nor containers; start one with ./start-system.sh',
        );
      },
    );
  }
}
