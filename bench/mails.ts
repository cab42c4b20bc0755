import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ServiceRequest } from '../tools/stack/index.ts';
import { buildPrograms, type BuildOptions } from '../test/programs/build-programs.ts';

const output = join(import.meta.dirname, '../.local/bench');

/** Where a benchmark's mails go. */
export interface Mails {
  /** A notification service that sends them there; several can be started. */
  readonly service: ServiceRequest;
  /** How many have arrived; to be asked once the service has ended. */
  count(): Promise<number>;
  close(): void;
}

/** Mails are rendered, composed and counted in the service; no mail server is involved. */
export async function countedMails(build: BuildOptions = {}): Promise<Mails> {
  const program = join(import.meta.dirname, 'program/notification-service.ts');
  await buildPrograms({ 'notification-service': program }, output, build);
  const directory = mkdtempSync(join(output, 'mails-'));
  const file = join(directory, 'counted');
  const entry = join(output, 'notification-service.js');
  return {
    service: { service: 'notification-service', entry, env: { BENCH_MAILS_FILE: file } },
    count: () => Promise.resolve(sumOf(file)),
    close: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** Every process that has ended left a line. */
function sumOf(file: string): number {
  if (!existsSync(file)) return 0;
  return readFileSync(file, 'utf8')
    .split('\n')
    .reduce((sum, line) => sum + Number(line), 0);
}

/** Mails go to a mail server over SMTP: a process of its own that accepts everything. */
export async function smtpMails(): Promise<Mails> {
  mkdirSync(output, { recursive: true });
  const child: ChildProcess = spawn(process.execPath, [join(import.meta.dirname, 'smtp-sink.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.stdout === null) throw new Error('the SMTP sink has no output');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const { port } = JSON.parse(String((await lines.next()).value)) as { port: number };
  return {
    service: { service: 'notification-service', env: { SMTP_URL: `smtp://127.0.0.1:${String(port)}` } },
    count: async () => {
      child.kill('SIGTERM');
      return (JSON.parse(String((await lines.next()).value)) as { accepted: number }).accepted;
    },
    close: () => void child.kill('SIGTERM'),
  };
}
