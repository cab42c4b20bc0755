import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const REPOSITORY = join(import.meta.dirname, '../../..');
const STATIC_IMPORT = /^(?:import|export) (?!type\b)[^;]*?from '([^']+)';/gms;
const ANY_IMPORT = /(?:^(?:import|export) (?!type\b)[^;]*?from |import\()'([^']+)'/gms;

/** The packages that a file brings with it, by itself or by what it imports; types alone do not count. */
function packagesOf(file: string, imports = STATIC_IMPORT, seen = new Set<string>()): string[] {
  if (seen.has(file)) return [];
  seen.add(file);
  const found = [...readFileSync(file, 'utf8').matchAll(imports)].flatMap(([, target = '']) => {
    if (target.startsWith('node:') || target.endsWith('.json')) return [];
    if (!target.startsWith('.')) return [target];
    const path = join(dirname(file), target);
    return packagesOf(path.endsWith('.ts') ? path : `${path}.ts`, imports, seen);
  });
  return [...new Set(found)];
}

describe('what ./ops loads before it knows the command', () => {
  const main = join(REPOSITORY, 'tools/ops/main.ts');

  it('is the reader of the command line alone', () => {
    expect(packagesOf(main)).toEqual(['commander']);
  });

  it('would be found out: the commands need the clients of Kafka and PostgreSQL', () => {
    expect(packagesOf(main, ANY_IMPORT)).toEqual(expect.arrayContaining(['kafkajs', 'pg', 'cli-table3']));
  });
});
