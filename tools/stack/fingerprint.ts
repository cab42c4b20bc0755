/**
 * Two questions of tools/node.sh, which has no hash program it can count on everywhere:
 *
 *   node fingerprint.ts files PATH…       one hash of the names and contents of these files and folders
 *   node fingerprint.ts matches-lockfile  exit code 0 when node_modules holds what package-lock.json asks for
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './paths.ts';

interface Lockfile {
  readonly packages: Readonly<Record<string, { readonly version?: string; readonly optional?: boolean }>>;
}

function hashOf(names: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of names.flatMap(filesIn).sort())
    hash.update(`${file}\0`).update(readFileSync(join(repository, file)));
  return hash.digest('hex');
}

/** Tests are not part of what is built. */
function filesIn(name: string): string[] {
  const path = join(repository, name);
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [name];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.(int-|e2e-)?spec\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(repository.length + 1));
}

/** npm leaves a list of what it has installed; somebody may well have run `npm ci` before the script does. */
function matchesLockfile(): boolean {
  const installedList = join(repository, 'node_modules', '.package-lock.json');
  if (!existsSync(installedList)) return false;
  const installedAt = statSync(installedList).mtimeMs;
  const patches = join(repository, 'patches');
  const patchedLater = existsSync(patches)
    ? readdirSync(patches).some((patch) => statSync(join(patches, patch)).mtimeMs > installedAt)
    : false;
  const installed = readLockfile(installedList).packages;
  const wanted = Object.entries(readLockfile(join(repository, 'package-lock.json')).packages);
  const same = ([path, { version, optional }]: (typeof wanted)[number]): boolean =>
    path === '' || installed[path]?.version === version || (optional === true && installed[path] === undefined);
  return !patchedLater && wanted.every(same);
}

function readLockfile(file: string): Lockfile {
  return JSON.parse(readFileSync(file, 'utf8')) as Lockfile;
}

const [question, ...names] = process.argv.slice(2);
if (question === 'files') console.log(hashOf(names));
else process.exitCode = question === 'matches-lockfile' && matchesLockfile() ? 0 : 1;
