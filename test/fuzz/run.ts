import { parseArgs } from 'node:util';
import { StallReport } from '../system/stalls.ts';
import { System } from '../system/system.ts';
import { fuzzSystem, PARTS } from './fuzz-system.ts';

const { values: options } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    requests: { type: 'string', default: '8000' },
    records: { type: 'string', default: '3000' },
    examples: { type: 'string', default: '40' },
    only: { type: 'string', default: PARTS.join() },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (options.help) {
  process.stdout
    .write(`npm run fuzz -- [--seed N] [--only ${PARTS.join()}] [--requests 8000] [--records 3000] [--examples 40] [--keep]

Starts an isolated system and attacks its endpoints and its consumers with bad input; see docs/fuzzing.md. Prints how
many cases were run and what was found, and fails when something was. --keep leaves data and logs under .local/stacks.
`);
  process.exit(0);
}

const seed = Number(options.seed);
process.stdout.write(`seed ${seed}\n`);
const stalls = new StallReport();
const env = { LOG_LEVEL: 'warn', ...stalls.envOfBuilt };
const system = await System.start({ label: 'fuzz', keepFiles: options.keep, env });
try {
  const plan = {
    seed,
    parts: options.only.split(','),
    requests: Number(options.requests),
    records: Number(options.records),
    examples: Number(options.examples),
  };
  const { findings, summary } = await fuzzSystem(system, plan, stalls);
  process.stdout.write(`${findings.report(seed)}\n${summary}\n`);
  process.exitCode = findings.list.length > 0 ? 1 : 0;
} finally {
  await system.stop();
  stalls.remove();
}
