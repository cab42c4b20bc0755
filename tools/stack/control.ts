/** How a command has the supervisor of the local system do something: a file each way, and a signal. */
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureDirectory, paths } from './paths.ts';
import { ownerOf } from './run-record.ts';
import type { ServiceName } from './service-names.ts';

/** What the supervisor can be asked for. */
export type Wish =
  /** Starts all processes of the service again, with these variables besides its own; without those of the last wish. */
  | { readonly do: 'restart'; readonly service: ServiceName; readonly env: Readonly<Record<string, string>> }
  /** Stays down until it is started. */
  | { readonly do: 'stop' | 'start'; readonly component: string }
  /** As many processes of the service in all, at least one. */
  | { readonly do: 'scale'; readonly service: ServiceName; readonly processes: number };

interface Answer {
  /** Why it was not done, for people. */
  readonly error?: string;
}

const folder = join(paths.run, 'wishes');
const SIGNAL = 'SIGUSR2';

/** Resolves when it is done. @throws Error when no system runs, it could not be done, or is not done within two minutes */
export async function askSupervisor(wish: Wish, withinMs = 120_000): Promise<void> {
  const owner = ownerOf(paths.run);
  if (owner === undefined) throw new Error('no native system is running');
  // One that does not wait for the signal would be ended by it.
  if (!existsSync(folder)) throw new Error('the system was started by an older version; stop it and start it again');
  const id = randomUUID();
  const question = join(folder, `${id}.wish.json`);
  const answer = join(folder, `${id}.answer.json`);
  write(question, wish);
  process.kill(owner, SIGNAL);
  const deadline = performance.now() + withinMs;
  while (!existsSync(answer)) {
    if (ownerOf(paths.run) !== owner) throw new Error('the supervisor has ended; see .local/logs/supervisor.log');
    if (performance.now() > deadline) throw new Error('the supervisor does not answer; see .local/logs/supervisor.log');
    await sleep(50);
  }
  const { error } = read<Answer>(answer);
  rmSync(answer, { force: true });
  if (error !== undefined) throw new Error(error);
}

/** Has wishes fulfilled, one after the other, for as long as this process runs. */
export function fulfilWishes(fulfil: (wish: Wish) => Promise<void>): void {
  rmSync(folder, { recursive: true, force: true });
  ensureDirectory(folder);
  let last = Promise.resolve();
  process.on(SIGNAL, () => {
    last = last.then(() => fulfilAll(fulfil));
  });
}

async function fulfilAll(fulfil: (wish: Wish) => Promise<void>): Promise<void> {
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.wish.json'))) {
    const file = join(folder, name);
    const wish = read<Wish>(file);
    rmSync(file, { force: true });
    const answer: Answer = await fulfil(wish).then(
      () => ({}),
      (error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }),
    );
    write(join(folder, name.replace('.wish.', '.answer.')), answer);
  }
}

/** Whoever finds it finds all of it. */
function write(file: string, value: unknown): void {
  writeFileSync(`${file}.new`, JSON.stringify(value));
  renameSync(`${file}.new`, file);
}

function read<Content>(file: string): Content {
  return JSON.parse(readFileSync(file, 'utf8')) as Content;
}
