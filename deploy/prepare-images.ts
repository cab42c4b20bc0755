/**
 * A step of the Dockerfile: writes what an image has beside the built service.
 *
 *   <directory>/node_modules      the packages that a built service does not have in it, and nothing else; from the `node_modules` that
 *                                 `npm ci` has installed and checked against the lockfile
 *   <directory>/<service>         `node-flags`, the options for Node.js, and `port`
 *
 *   node deploy/prepare-images.ts DIRECTORY
 */
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { OUTSIDE } from '../rspack.config.js';
import { runtimePackages, type LockedPackages } from './runtime-packages.ts';
import services from './services.json' with { type: 'json' };

const repository = resolve(import.meta.dirname, '..');

interface Lockfile {
  readonly packages: LockedPackages;
}

function writePackages(directory: string): void {
  const { packages } = JSON.parse(readFileSync(join(repository, 'package-lock.json'), 'utf8')) as Lockfile;
  for (const folder of runtimePackages(packages, OUTSIDE)) {
    const source = join(repository, folder);
    // Made for another machine.
    if (packages[folder]?.optional === true && !existsSync(source)) continue;
    const filter = (path: string): boolean => path !== join(source, 'node_modules');
    cpSync(source, join(directory, folder), { recursive: true, filter });
  }
}

function writeSettings(directory: string): void {
  for (const [service, { nodeFlags, port }] of Object.entries(services)) {
    mkdirSync(join(directory, service), { recursive: true });
    writeFileSync(join(directory, service, 'node-flags'), `${nodeFlags.join(' ')}\n`);
    writeFileSync(join(directory, service, 'port'), `${String(port)}\n`);
  }
}

const [directory] = process.argv.slice(2);
if (directory === undefined) throw new Error('usage: node deploy/prepare-images.ts DIRECTORY');
writePackages(directory);
writeSettings(directory);
