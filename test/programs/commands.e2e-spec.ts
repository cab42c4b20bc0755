import { readFileSync } from 'node:fs';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '../..');
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

/** Every script that starts a program of this repository in Node.js. They load differently, and some are seldom run. */
const programs = Object.keys(scripts).filter((name) => /^(bench|fuzz|faults|profile|ops)/.test(name));

describe('the programs of package.json', () => {
  it('are those that are known', () => {
    expect(programs.sort()).toEqual(['bench', 'bench:ratios', 'faults', 'faults:teeth', 'fuzz', 'ops', 'profile']);
  });

  it.each(programs)('npm run %s -- --help loads all of its modules and prints its options', async (name) => {
    const { stdout } = await promisify(execFile)('npm', ['run', '--silent', name, '--', '--help'], {
      cwd: ROOT,
      timeout: 60_000,
    });
    expect(stdout).toMatch(/--\w+/);
  });
});
