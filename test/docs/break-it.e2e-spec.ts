import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '@app/testing';
import { codeBlocks, read, sectionOf } from '../../tools/docs/read-markdown';
import { freePorts, servicePorts } from '../../tools/stack/index.ts';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');
const PAGE = read('docs/break-it.md');
const [WATCH = '', HELPERS = ''] = codeBlocks(PAGE.slice(0, PAGE.indexOf('## 1.')), 'bash');
const COMPONENTS = [
  ...['zookeeper', 'kafka', 'postgres', 'redis', 'smtp', 'maildev'],
  ...Object.keys(servicePorts),
] as const;

/** A system of this working copy beside the developer's, with what a reader's terminal remembers. */
const memory = mkdtempSync(join(tmpdir(), 'break-it-'));
const name = `break-it-${randomUUID().slice(0, 8)}`;
let environment: NodeJS.ProcessEnv;

/** Everything that a script prints. Commands that find something fail, and the script goes on. */
async function shell(script: string): Promise<string> {
  const { stdout } = await run('bash', ['-c', `exec 2>&1\n${script}\ntrue`], {
    cwd: ROOT,
    env: environment,
    timeout: 90_000,
  });
  return stdout;
}

beforeAll(async () => {
  const ports = await freePorts(COMPONENTS.length);
  const moved = COMPONENTS.map((component, index) => [
    `${component.toUpperCase().replace('-', '_')}_HOST_PORT`,
    String(ports[index]),
  ]);
  environment = { ...process.env, LOCAL_SYSTEM: name, ...Object.fromEntries(moved) };
  expect(await shell('node tools/stack/cli.ts start; ./ops status')).toMatch(/^notification-service +up/m);
}, 180_000);

afterAll(async () => {
  await shell('node tools/stack/cli.ts stop --volumes');
  for (const folder of [memory, join(ROOT, '.local/systems', name)]) rmSync(folder, { recursive: true, force: true });
}, 90_000);

/** Types the blocks of a lesson, from `first` to before `last`, and gives what they print. */
function typed(lesson: string, first = 0, last?: number): Promise<string> {
  const blocks = codeBlocks(sectionOf(PAGE, lesson), 'bash').slice(first, last).join('\n');
  const script = `${HELPERS}\n${blocks}\n`
    .replace(/http:\/\/localhost:(\d+)/g, (_, port) => {
      const service = Object.entries(servicePorts).find(([, documented]) => documented === Number(port))?.[0] ?? '';
      return `http://127.0.0.1:${environment[`${service.toUpperCase().replace('-', '_')}_HOST_PORT`] ?? ''}`;
    })
    // Fewer show the same.
    .replaceAll('seq 200', 'seq 30');
  return shell(`. ${memory}/words 2>/dev/null\n${script}\ndeclare -p ID BAD GOOD 2>/dev/null >${memory}/words`);
}

async function untilAgreed(): Promise<void> {
  const agreed = async (): Promise<void> =>
    expect(await shell('./ops reconcile --settle 0s')).toBe('Everything agrees.\n');
  await eventually(agreed, { timeoutMs: 60_000 });
}

describe('“Break it and watch”, from top to bottom', () => {
  it('begins with a status that is watched', async () => {
    expect(WATCH.trim()).toBe('./ops status --watch');
    const watched = await shell('timeout -s INT 6 ./ops status --watch 1s');
    expect(watched).toMatch(/EVENTS\/S {2}LAG \+\/-/);
    expect(watched).not.toContain('\u001b');
  });

  it('kills a service, and no order is lost', async () => {
    const seen = await typed('## 1. Kill a service in the middle of its work', 0, 1);
    expect(seen).toMatch(/^payment-service is killed/m);
    expect(seen).toMatch(/^payment-service is unreachable: see/m);
    await untilAgreed();
    expect(await typed('## 1. Kill a service in the middle of its work', 1)).toContain('Everything agrees.');
  });

  it('freezes Kafka and slows PostgreSQL down', async () => {
    const seen = await typed('## 2. Take Kafka away');
    expect(seen).toMatch(/^"status":"pending"$/m);
    expect(seen).toMatch(/^order-service is degraded \(.*kafka down.*\): see/m);
    expect(seen).toMatch(/^kafka goes on\n"status":"confirmed"$/m);
    expect(seen).toMatch(/^postgres goes on$/m);
  });

  it('poisons a topic', async () => {
    const seen = await typed('## 3. Poison a topic');
    expect(seen).toMatch(/^ {2}contract +not satisfied, undecodable: missing header/m);
    expect(seen).toMatch(/^1 +payment +dead_lettered +order_created +undecodable/m);
    expect(seen).toMatch(/^"status":"confirmed"$/m);
    expect(seen).toMatch(/^payment-service: discard done, 1 of 1 released, 1 discarded$/m);
  });

  it('ships a bug, and its fix', async () => {
    const seen = await typed('## 4. Ship a bug');
    expect(seen).toMatch(/inventory +dead_lettered +payment_successful .*QueryFailedError/);
    expect(seen).toMatch(/^inventory-service: retry done, 1 of 1 released, 1 resolved/m);
    expect(seen.trimEnd()).toMatch(/"status":"cancelled"\n"cancellation_reason":"cancelled_by_customer"$/);
  });

  it('loses answers of the gateway', async () => {
    const seen = await typed('## 5. Charge, and lose the answer');
    expect(seen).toMatch(/^captured +10\.00$/m);
    expect(seen).toMatch(/^\d+ payments? of unknown outcome: .*see `\.\/ops sql/m);
    expect(seen).toMatch(/^payment-service was started again with a gateway that works$/m);
    await untilAgreed();
  });

  it('takes the mail server away', async () => {
    expect(await typed('## 6. Take the mail server away')).toMatch(
      /^"status":"confirmed"(.|\n)*^order_received +pending/m,
    );
  });

  it('tampers with the audit trail', async () => {
    const seen = await typed('## 7. Tamper with the audit trail');
    expect(seen).toMatch(/entry 2 is not what its hash says/);
    expect(seen.trimEnd()).toMatch(/all audit trails are valid$/);
  });

  it('has two processes of a service, when it is told', async () => {
    expect(await shell('./ops scale payment 2; ./ops groups')).toMatch(/^payment-service +\w+ +2 /m);
    expect(await shell('./ops scale payment 1')).toMatch(/^payment-service runs in 1 process$/m);
  });

  it('refuses to break another system', async () => {
    expect(await shell('KAFKA_BOOTSTRAP_SERVERS=kafka.example:9092 ./ops break kill kafka; echo $?')).toMatch(
      /^refused: the environment names another system .*\n2\n$/,
    );
  });
});
