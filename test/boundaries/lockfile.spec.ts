import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Locked {
  readonly link?: boolean;
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
}

const file = join(import.meta.dirname, '../../package-lock.json');
const { packages } = JSON.parse(readFileSync(file, 'utf8')) as { packages: Readonly<Record<string, Locked>> };
const locked = Object.entries(packages).filter(([path, { link }]) => path !== '' && link !== true);

function pathsOf(isWrong: (entry: Locked) => boolean): string[] {
  return locked.filter(([, entry]) => isWrong(entry)).map(([path]) => path);
}

describe('package-lock.json', () => {
  /*
   * npm leaves the hash out of packages for other platforms when it makes the file from a node_modules in which they are not
   * installed. `npm view <package>@<version> dist.integrity` tells it.
   */
  it('has the hash of every package, also of those for other platforms', () => {
    expect(locked.length).toBeGreaterThan(500);
    expect(pathsOf(({ integrity = '' }) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity))).toEqual([]);
  });

  it('names no registry but the public one, and mostly none: `.npmrc` leaves that to who installs', () => {
    expect(
      pathsOf(({ resolved = 'https://registry.npmjs.org/' }) => !resolved.startsWith('https://registry.npmjs.org/')),
    ).toEqual([]);
  });

  it('pins a version of every package', () => {
    expect(pathsOf(({ version = '' }) => !/^\d+\.\d+\.\d+/.test(version))).toEqual([]);
  });
});
