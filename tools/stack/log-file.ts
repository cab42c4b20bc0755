import { existsSync, openSync, readFileSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { ensureDirectory } from './paths.ts';

/** Opens the file for appending, its folder created as needed. The caller closes the descriptor. */
export function openLog(file: string): number {
  ensureDirectory(dirname(file));
  return openSync(file, 'a');
}

/** The log of the run before is kept once, so that a log never mixes two runs nor grows forever. */
export function rotateLog(file: string): void {
  if (existsSync(file)) renameSync(file, file.replace(/\.log$/, '.previous.log'));
}

export function logTail(file: string, lines = 15): string {
  if (!existsSync(file)) return '';
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .slice(-lines)
    .map((line) => `  | ${line.slice(0, 400)}`)
    .join('\n');
}
