import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureDirectory } from './paths.ts';
import { isSameProcess, processIdentity, processTree, signalAll } from './process-tree.ts';

interface RecordedProcess {
  readonly name: string;
  readonly pid: number;
  readonly identity: string;
}

interface Contents {
  readonly owner: RecordedProcess;
  readonly processes: readonly RecordedProcess[];
}

/** The processes of one run on disk, so that a later command finds what a crash or a power cut left behind. */
export class RunRecord {
  readonly #file: string;
  readonly #owner = identified('supervisor', process.pid);
  readonly #processes = new Map<number, RecordedProcess>();

  constructor(directory: string) {
    this.#file = recordFile(ensureDirectory(directory));
    this.#write();
  }

  add(name: string, pid: number): void {
    this.#processes.set(pid, identified(name, pid));
    this.#write();
  }

  remove(pid: number): void {
    if (this.#processes.delete(pid)) this.#write();
  }

  delete(): void {
    rmSync(this.#file, { force: true });
  }

  #write(): void {
    const contents: Contents = { owner: this.#owner, processes: [...this.#processes.values()] };
    writeFileSync(`${this.#file}.new`, `${JSON.stringify(contents, undefined, 2)}\n`);
    renameSync(`${this.#file}.new`, this.#file);
  }
}

/** The process that runs the stack of this directory, if it is alive. */
export function ownerOf(directory: string): number | undefined {
  const owner = read(directory)?.owner;
  return owner !== undefined && isSameProcess(owner.pid, owner.identity) ? owner.pid : undefined;
}

/** The process of a component of the stack of this directory, if it is alive; never a later one with the same id. */
export function runningProcess(directory: string, name: string): number | undefined {
  const found = read(directory)?.processes.find((candidate) => candidate.name === name);
  return found !== undefined && isSameProcess(found.pid, found.identity) ? found.pid : undefined;
}

/** Ends what a dead owner left running. Nothing is touched while the owner lives. */
export async function endLeftovers(directory: string): Promise<void> {
  if (ownerOf(directory) !== undefined) return;
  const alive = (): RecordedProcess[] =>
    (read(directory)?.processes ?? []).filter(({ pid, identity }) => isSameProcess(pid, identity));
  // PostgreSQL takes SIGINT as "now, but cleanly"; the others finish on it as well.
  signalAll(
    alive().map(({ pid }) => pid),
    'SIGINT',
  );
  for (let round = 0; round < 25 && alive().length > 0; round++) await sleep(200);
  signalAll(
    alive().flatMap(({ pid }) => processTree(pid)),
    'SIGKILL',
  );
  rmSync(recordFile(directory), { force: true });
}

/** Whether a run was begun here and not ended in order. */
export function hasRecord(directory: string): boolean {
  return existsSync(recordFile(directory));
}

function read(directory: string): Contents | undefined {
  try {
    return JSON.parse(readFileSync(recordFile(directory), 'utf8')) as Contents;
  } catch {
    return undefined;
  }
}

function recordFile(directory: string): string {
  return join(directory, 'processes.json');
}

function identified(name: string, pid: number): RecordedProcess {
  return { name, pid, identity: processIdentity(pid) ?? 'gone' };
}
