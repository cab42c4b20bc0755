import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** The root of the repository. */
export const repository = resolve(import.meta.dirname, '../..');

const local = join(repository, '.local');

/** A second system beside the developer's, for a test: `LOCAL_SYSTEM=<name>`. Downloads are shared. */
const system = process.env.LOCAL_SYSTEM ?? '';
if (!/^[\w-]*$/.test(system)) throw new Error(`LOCAL_SYSTEM is not a name of letters, digits, - and _: ${system}`);
const home = system === '' ? '' : join('systems', system);

/** Everything the native stack writes lives below one ignored folder. */
export const paths = {
  local,
  jars: join(local, 'jars'),
  run: join(local, home, 'run'),
  logs: join(local, home, 'logs'),
  data: join(local, home, 'data'),
  stacks: join(local, 'stacks'),
  initSql: join(repository, 'init-db.sql'),
  pom: join(import.meta.dirname, 'pom.xml'),
  observe: join(local, 'observe'),
  observePom: join(import.meta.dirname, 'observe', 'pom.xml'),
} as const;

export const runningAsRoot = process.getuid?.() === 0;

/**
 * PostgreSQL refuses to run as root and is started as another user then, who must be able to walk to its binaries and
 * data. A repository below /root is closed to that user, so its files move to a directory outside.
 */
export const postgresHome =
  runningAsRoot && !everyoneCanEnter(repository)
    ? join('/var/tmp', `order-processing-${createHash('sha256').update(repository).digest('hex').slice(0, 12)}`)
    : local;

/** Where PostgreSQL keeps what the local system stores. */
export const postgresData = join(postgresHome, home, 'data', 'postgres');

function everyoneCanEnter(directory: string): boolean {
  const open = (statSync(directory).mode & 0o001) !== 0;
  const parent = dirname(directory);
  return open && (parent === directory || everyoneCanEnter(parent));
}

/** Creates the directory, and when root does it, in such a way that the unprivileged user can walk through it. */
export function ensureDirectory(directory: string): string {
  const created = mkdirSync(directory, { recursive: true });
  if (runningAsRoot && created !== undefined) {
    for (let path = directory; path.length >= created.length; path = dirname(path)) chmodSync(path, 0o755);
  }
  return directory;
}
