import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ComponentStatus } from './component.ts';
import { ensureDirectory, paths } from './paths.ts';

/** What the supervisor of the local system tells the commands, in .local/run/state.json. */
export interface RunState {
  readonly phase: 'starting' | 'ready' | 'failed' | 'stopping';
  readonly pid: number;
  readonly startedAt: string;
  readonly components: readonly ComponentStatus[];
  readonly urls: Readonly<Record<string, string>>;
  /** Why it failed, for people. */
  readonly error?: string;
}

const file = join(paths.run, 'state.json');

export function writeState(state: RunState): void {
  ensureDirectory(paths.run);
  writeFileSync(`${file}.new`, `${JSON.stringify(state, undefined, 2)}\n`);
  renameSync(`${file}.new`, file);
}

export function readState(): RunState | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as RunState;
  } catch {
    return undefined;
  }
}

export function removeState(): void {
  rmSync(file, { force: true });
}
