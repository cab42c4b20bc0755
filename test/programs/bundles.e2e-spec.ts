import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const apps = join(import.meta.dirname, '../../dist/apps');

function packagesOf(service: string): string {
  const folder = join(apps, service);
  const files = readdirSync(folder).filter((file) => /^packages.*\.js$/.test(file));
  return files.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');
}

describe.each(['order', 'payment', 'inventory', 'notification'])('the built %s service', (name) => {
  const packages = packagesOf(`${name}-service`);

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
