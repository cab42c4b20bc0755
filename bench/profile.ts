import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { freePorts, serviceNames, type ServiceName } from '../tools/stack/index.ts';
import { buildPrograms } from '../test/programs/build-programs.ts';
import { startBenchSystem } from './bench-system.ts';
import {
  summarize,
  treeOfCpu,
  treeOfHeap,
  type CpuProfile,
  type HeapProfile,
  type Share,
  type Summary,
} from './call-tree.ts';
import { Inspector } from './inspector.ts';
import { countedMails } from './mails.ts';
import { runStage } from './stage.ts';

const HELP = `npm run profile -- SERVICE [--allocations] [--rate 100] [--seconds 30] [--lines 25] [--out DIR]

Loads an isolated system and says what one service spends its time on: which packages, which functions, and which functions
with all they call. The profile itself can be opened in Chrome's DevTools or speedscope.

  SERVICE        ${serviceNames.join(' | ')}
  --allocations  what is allocated, whether it lives long or not, instead of time
  --rate         orders per second
  --lines        of each table
  --out          .local/profile by default
`;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    allocations: { type: 'boolean', default: false },
    rate: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '30' },
    lines: { type: 'string', default: '25' },
    out: { type: 'string', default: '.local/profile' },
    help: { type: 'boolean', default: false },
  },
});

if (options.help) process.stdout.write(HELP);
else process.exitCode = await run(serviceNames.find((name) => name === positionals[0]));

async function run(service: ServiceName | undefined): Promise<number> {
  if (service === undefined) {
    process.stderr.write(`Which service? One of ${serviceNames.join(', ')}.\n`);
    return 2;
  }
  const [port = 0] = await freePorts(1);
  // In a bundle all packages are one.
  const build = { packages: service === 'notification-service' ? 'outside' : 'inside' } as const;
  const mails = await countedMails(build);
  const programs = service === 'notification-service' ? {} : { [service]: await programWithPackagesOutside(service) };
  const bench = await startBenchSystem(mails, {
    label: 'profile',
    programs,
    // Only the process that gets the signal opens it.
    env: { NODE_OPTIONS: `--inspect-port=127.0.0.1:${port}` },
  });
  try {
    const load = { rate: Number(options.rate), seconds: Number(options.seconds) };
    await runStage(bench, { ...load, name: 'warm-up', seconds: 20 });
    const pid = bench.system.stack.supervisor.pid(service);
    if (pid === undefined) throw new Error(`${service} does not run`);
    const inspector = await Inspector.attach(pid, port);
    const profile = options.allocations ? allocations(inspector) : time(inspector);
    await profile.start();
    const stage = await runStage(bench, { ...load, name: 'profiled' });
    const { file, summary } = await profile.stop();
    inspector.close();
    mkdirSync(options.out, { recursive: true });
    const path = `${options.out}/${service}.${options.allocations ? 'heapprofile' : 'cpuprofile'}`;
    writeFileSync(path, file);
    const per = (unit: number): string => (summary.total / unit / stage.accepted).toFixed(2);
    process.stdout.write(
      `${service}, ${stage.accepted} orders at ${load.rate}/s: ` +
        (options.allocations ? `${per(1_024)} KiB allocated` : `${per(1_000)} ms of its main thread`) +
        ` an order\n${table('packages', summary.packages)}${table('functions', summary.self)}` +
        `${table('functions with what they call', summary.inclusive)}${path}\n`,
    );
    return 0;
  } finally {
    await bench.stop();
  }
}

async function programWithPackagesOutside(service: ServiceName): Promise<string> {
  const output = join(import.meta.dirname, '../.local/profile');
  const main = join(import.meta.dirname, `../apps/${service}/src/main.ts`);
  await buildPrograms({ [service]: main }, output, { packages: 'outside' });
  return join(output, `${service}.js`);
}

interface Profile {
  start(): Promise<unknown>;
  stop(): Promise<{ readonly file: string; readonly summary: Summary }>;
}

function time(inspector: Inspector): Profile {
  return {
    async start() {
      await inspector.send('Profiler.enable');
      await inspector.send('Profiler.setSamplingInterval', { interval: 500 });
      await inspector.send('Profiler.start');
    },
    async stop() {
      const { profile } = await inspector.send<{ profile: CpuProfile }>('Profiler.stop');
      return { file: JSON.stringify(profile), summary: summarize(treeOfCpu(profile)) };
    },
  };
}

function allocations(inspector: Inspector): Profile {
  return {
    async start() {
      await inspector.send('HeapProfiler.enable');
      await inspector.send('HeapProfiler.startSampling', {
        samplingInterval: 16_384,
        includeObjectsCollectedByMajorGC: true,
        includeObjectsCollectedByMinorGC: true,
      });
    },
    async stop() {
      const { profile } = await inspector.send<{ profile: HeapProfile }>('HeapProfiler.stopSampling');
      return { file: JSON.stringify(profile), summary: summarize(treeOfHeap(profile)) };
    },
  };
}

function table(title: string, shares: readonly Share[]): string {
  const lines = shares.slice(0, Number(options.lines));
  return `\n${title}\n${lines.map(({ name, share }) => `  ${(share * 100).toFixed(1).padStart(5)} %  ${name}\n`).join('')}\n`;
}
