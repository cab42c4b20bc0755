import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OUTSIDE } from '../rspack.config.js';
import { runtimePackages, type LockedPackages } from './runtime-packages';

const repository = join(import.meta.dirname, '..');

interface Locked {
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
}

function json<T>(file: string): T {
  return JSON.parse(readFileSync(join(repository, file), 'utf8')) as T;
}

const { packages } = json<{ packages: LockedPackages & Record<string, Locked> }>('package-lock.json');

describe('the packages of an image', () => {
  it('are those that are named and all they need, in the version that each of them finds', () => {
    const locked: LockedPackages = {
      '': { dependencies: { unused: '1' } },
      'node_modules/unused': {},
      'node_modules/a': { dependencies: { b: '1', c: '1' } },
      'node_modules/a/node_modules/b': { dependencies: { c: '1', d: '1' } },
      'node_modules/b': {},
      'node_modules/c': { dependencies: { a: '1' }, optionalDependencies: { '@os/c': '1' } },
      'node_modules/@os/c': { optional: true },
      'node_modules/a/node_modules/d': {},
      'node_modules/d': {},
    };
    expect(runtimePackages(locked, ['a'])).toEqual([
      'node_modules/@os/c',
      'node_modules/a',
      'node_modules/a/node_modules/b',
      'node_modules/a/node_modules/d',
      'node_modules/c',
    ]);
  });

  it('cannot be told when the lockfile does not have one of them', () => {
    const locked: LockedPackages = { 'node_modules/a': { dependencies: { b: '1' } } };
    expect(() => runtimePackages(locked, ['a'])).toThrow('package-lock.json has no b, which node_modules/a needs');
  });

  const needed = runtimePackages(packages, OUTSIDE);

  it('are the ones that stay outside a bundle, without what is bundled or only for development', () => {
    expect(needed).toEqual(expect.arrayContaining(OUTSIDE.map((name) => `node_modules/${name}`)));
    expect(needed).not.toEqual(expect.arrayContaining(['node_modules/typeorm']));
    expect(needed.filter((folder) => packages[folder]?.dev === true)).toEqual([]);
  });

  it('have a checksum in the lockfile, and run no script when they are installed', () => {
    expect(needed.filter((folder) => packages[folder]?.integrity === undefined)).toEqual([]);
    expect(needed.filter((folder) => packages[folder]?.hasInstallScript === true)).toEqual([]);
  });
});

describe('swagger-ui-dist', () => {
  it('is not allowed to report its installation', () => {
    expect(json<{ scarfSettings?: unknown }>('package.json').scarfSettings).toEqual({ enabled: false });
  });
});

describe('an installation', () => {
  it('runs no script of a package', () => {
    const { allowScripts } = json<{ allowScripts: Record<string, boolean> }>('package.json');
    const withScript = Object.keys(packages).filter(
      (folder) => folder !== '' && packages[folder]?.hasInstallScript === true,
    );
    expect(withScript.map((folder) => folder.replace(/^.*node_modules\//, '')).toSorted()).toEqual(
      Object.keys(allowScripts).toSorted(),
    );
    expect(Object.values(allowScripts)).not.toContain(true);
  });

  it('without development dependencies does not need patch-package', () => {
    const { dependencies, devDependencies, scripts } = json<Record<string, Record<string, string>>>('package.json');
    expect(Object.keys(dependencies ?? {})).not.toContain('patch-package');
    expect(Object.keys(devDependencies ?? {})).toContain('patch-package');
    expect(scripts?.['postinstall']).toMatch(/^if command -v patch-package >\/dev\/null; then patch-package; fi$/);
  });
});
