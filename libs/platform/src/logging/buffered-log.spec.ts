import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ALL = Array.from({ length: 3_000 }, (_, n) => n);

/** Runs a program that logs: what it leaves behind in stdout when it ends in the given way. */
function linesOf(end: string): string[] {
  const program = `
    const { BufferedLog } = await import(${JSON.stringify(join(import.meta.dirname, 'buffered-log.ts'))});
    const log = new BufferedLog({ service: 's', version: '1', level: 'info', format: 'json' });
    for (let n = 0; n < 3_000; n += 1) log.write('step', { n });
    ${end}`;
  const { stdout } = spawnSync(
    process.execPath,
    ['--import', '@swc-node/register/esm-register', '--input-type=module', '--eval', program],
    { encoding: 'utf8', timeout: 30_000, maxBuffer: 16 * 1024 * 1024 },
  );
  return stdout.trimEnd().split('\n');
}

describe('lines that are written together', () => {
  it.each([
    ['ends by itself', ''],
    ['exits', 'process.exit(3);'],
    ['exits a moment later', 'setImmediate(() => setImmediate(() => process.exit(0)));'],
    [
      'dies of an exception',
      `process.on('uncaughtException', () => process.exit(1)); setImmediate(() => { throw new Error('x'); });`,
    ],
  ])('are all there, once and in order, when the process %s', (_how, end) => {
    const numbers = linesOf(end).map((line) => (JSON.parse(line) as { n: number }).n);
    expect(numbers).toEqual(ALL);
  });
});
