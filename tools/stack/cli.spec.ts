import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const IMPORT = /^(?:import|export) (?!type\b)[^;]*?from '([^']+)';/gms;

/** The packages that a file needs to be loaded, by itself or by what it imports; imports of types alone do not count. */
function packagesOf(file: string, seen = new Set<string>()): string[] {
  if (seen.has(file)) return [];
  seen.add(file);
  return [...readFileSync(file, 'utf8').matchAll(IMPORT)].flatMap(([, target = '']) => {
    if (target.startsWith('node:')) return [];
    return target.startsWith('.') ? packagesOf(join(dirname(file), target), seen) : [`${file}: ${target}`];
  });
}

describe('the command that start-system.sh asks first', () => {
  it('can be loaded before any package is installed', () => {
    const seen = new Set<string>();
    expect(packagesOf(join(import.meta.dirname, 'cli.ts'), seen)).toEqual([]);
    expect(seen.size).toBeGreaterThan(10);
  });

  it('would be found out: what starts the system needs packages', () => {
    expect(packagesOf(join(import.meta.dirname, 'stack.ts'))).not.toEqual([]);
  });
});
