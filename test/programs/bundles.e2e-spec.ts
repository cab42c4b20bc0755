import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { OUTSIDE } from '../../rspack.config.js';

const apps = join(import.meta.dirname, '../../dist/apps');

function packagesOf(service: string): string {
  const folder = join(apps, service);
  const files = readdirSync(folder).filter((file) => /^packages.*\.js$/.test(file));
  return files.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');
}

const ASKED_FOR = /(?:(?:^|;)import[^;"]*from ?|__rspack_createRequire_require\()"([^"]+)"/gm;

/** The packages that a built service looks for in node_modules. */
function packagesAskedFor(service: string): string[] {
  const folder = join(apps, service);
  const files = readdirSync(folder).filter((file) => file.endsWith('.js'));
  const code = files.map((file) => readFileSync(join(folder, file), 'utf8'));
  const requests = code.flatMap((text) => [...text.matchAll(ASKED_FOR)].map(([, request = '']) => request));
  const packages = requests.filter((request) => !isBuiltin(request) && !request.startsWith('.'));
  return [...new Set(packages.map((request) => /^(?:@[^/]+\/)?[^/]+/.exec(request)?.[0] ?? request))].toSorted();
}

describe.each(['order', 'payment', 'inventory', 'notification'])('the built %s service', (name) => {
  const packages = packagesOf(`${name}-service`);

  it('asks for packages that its image has, and for no others', () => {
    expect(packagesAskedFor(`${name}-service`)).toEqual(OUTSIDE.toSorted());
  });

  // What asks for a package by a path finds it in node_modules, where there is one, and has a copy of its own.
  it('looks for no package where it was built', () => {
    expect(packages).not.toContain('file:///');
  });

  it('has one TypeORM in it, for PostgreSQL alone', () => {
    expect(packages.match(/class DataSource\b/g)).toHaveLength(1);
    const queryRunners = packages.match(/class \w+QueryRunner\b/g) ?? [];
    expect(queryRunners.toSorted()).toEqual(['class BaseQueryRunner', 'class PostgresQueryRunner']);
  });
});
