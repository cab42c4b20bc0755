import { readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
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

describe('./ops, which is called all the time', () => {
  /** Seconds of processor time, of the script and all it starts. */
  async function cpuOf(...words: string[]): Promise<number> {
    const timed = `TIMEFORMAT='%U %S'; time ./ops ${words.join(' ')} >/dev/null`;
    const { stderr } = await promisify(execFile)('bash', ['-c', timed], { cwd: ROOT, timeout: 60_000 });
    return (stderr.trim().split('\n').at(-1) ?? '').split(' ').reduce((sum, part) => sum + Number(part), 0);
  }

  it('prints its options in a fraction of a second, once it is built', async () => {
    await cpuOf('--help');
    expect(await cpuOf('--help')).toBeLessThan(0.6);
  });

  it('has no client of Kafka or PostgreSQL in the files that each command loads', () => {
    const loaded = ['main.js', 'packages.js'].map((file) => readFileSync(join(ROOT, 'dist/ops', file), 'utf8')).join();
    expect(loaded).toContain('commander');
    expect(loaded).not.toMatch(/node_modules\/(?:kafkajs|pg)\/|KafkaJSError|pg-protocol/);
  });

  it('is built again when a source has changed, and only then', async () => {
    const built = (): number => statSync(join(ROOT, 'dist/ops/main.js')).mtimeMs;
    await cpuOf('--help');
    const before = built();
    const now = new Date();
    // Written to, with what was in it: it is looked at, found to be the same, and not built.
    utimesSync(join(ROOT, 'tools/ops/main.ts'), now, now);
    await cpuOf('--help');
    expect(built()).toBe(before);
    writeFileSync(join(ROOT, 'dist/ops/.built-from'), 'something else');
    utimesSync(join(ROOT, 'dist/ops/.built-from'), 0, 0);
    await cpuOf('--help');
    expect(built()).toBeGreaterThan(before);
  });
});
