import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { violations } from '../system/invariants.ts';
import { System } from '../system/system.ts';
import { runStage, type StageResult } from './stage.ts';

const { values: options } = parseArgs({
  options: {
    rate: { type: 'string', default: '300' },
    seconds: { type: 'string', default: '45' },
    out: { type: 'string', default: '.local/bench' },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (options.help) {
  process.stdout.write(`npm run bench -- [--rate 300] [--seconds 45] [--out DIR] [--keep]

Starts an isolated system, warms it up, and offers orders at a fixed rate, first few and then many. Prints and stores
orders/s from POST to confirmed, latencies and memory, after checking every order. Fails when an order is lost or wrong.
--keep leaves data and logs under .local/stacks.
`);
  process.exit(0);
}

const sink = await startSink();
const system = await System.start({
  label: 'bench',
  keepFiles: options.keep,
  components: ['zookeeper', 'kafka', 'postgres', 'redis'],
  env: { SMTP_URL: `smtp://127.0.0.1:${sink.port}`, LOG_LEVEL: 'warn' },
});
try {
  const products = await Promise.all(
    Array.from({ length: 50 }, async () => (await system.newProduct(10_000_000)).product_id),
  );
  const rate = Number(options.rate);
  await runStage(system, products, { name: 'warm-up', rate: rate / 2, seconds: 10 });
  const unloaded = await runStage(system, products, { name: 'unloaded', rate: 5, seconds: 20 });
  const loaded = await runStage(system, products, { name: 'loaded', rate, seconds: Number(options.seconds) });
  const broken = await violations(system);
  const mails = await sink.stop();
  report([unloaded, loaded], mails, broken);
  process.exitCode = broken.length > 0 || loaded.refused > 0 ? 1 : 0;
} finally {
  await system.stop();
  await sink.stop();
}

async function startSink(): Promise<{ port: number; stop: () => Promise<number> }> {
  const child: ChildProcess = spawn(process.execPath, [`${import.meta.dirname}/smtp-sink.ts`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.stdout === null) throw new Error('the SMTP sink has no output');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const { port } = JSON.parse(String((await lines.next()).value)) as { port: number };
  let stopped: Promise<number> | undefined;
  const stop = async (): Promise<number> => {
    child.kill('SIGTERM');
    return (JSON.parse(String((await lines.next()).value)) as { accepted: number }).accepted;
  };
  return { port, stop: () => (stopped ??= stop()) };
}

function report(stages: readonly StageResult[], mails: number, broken: readonly unknown[]): void {
  const machine = { cpus: cpus().length, model: cpus()[0]?.model, node: process.version };
  const result = { at: new Date().toISOString(), machine, stages, mailsAccepted: mails, violations: broken };
  mkdirSync(options.out, { recursive: true });
  writeFileSync(`${options.out}/result.json`, `${JSON.stringify(result, undefined, 2)}\n`);
  for (const stage of stages) {
    process.stdout.write(
      `${stage.name}: offered ${stage.offeredPerSecond}/s for ${stage.seconds} s, confirmed ${stage.confirmedPerSecond}/s, ` +
        `refused ${stage.refused}, at rest after ${stage.drainSeconds} s, ${stage.notificationsBehind} notifications behind\n` +
        `  POST             p50 ${stage.postMs.p50} ms, p95 ${stage.postMs.p95}, p99 ${stage.postMs.p99}\n` +
        `  POST → confirmed p50 ${stage.confirmedMs.p50} ms, p95 ${stage.confirmedMs.p95}, p99 ${stage.confirmedMs.p99}\n`,
    );
  }
  for (const [name, { cpuSeconds, residentMiB }] of Object.entries(stages.at(-1)?.processes ?? {})) {
    process.stdout.write(`  ${name.padEnd(22)} ${String(cpuSeconds).padStart(6)} CPU s, ${residentMiB} MiB resident\n`);
  }
  process.stdout.write(`mails accepted: ${mails}; invariants broken: ${JSON.stringify(broken)}\n`);
}
