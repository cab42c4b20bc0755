import { parseArgs } from 'node:util';

export const PARTS = [
  'load',
  'search',
  'latency',
  'backlog',
  'idle',
  'limits',
  'baselines',
  'steps',
  'smtp',
  'observing',
  'replicas',
  'stored',
] as const;

export type Part = (typeof PARTS)[number];

/** Each in systems of its own, once; all others share one in each round. */
export const ALONE = ['steps', 'smtp', 'observing', 'replicas', 'stored'] as const satisfies readonly Part[];

export function isAlone(part: Part): part is (typeof ALONE)[number] {
  return ALONE.some((one) => one === part);
}

/** Whether some of the parts share a system in each round. */
export function needsRound(parts: readonly Part[]): boolean {
  return parts.some((part) => !isAlone(part));
}

const QUICK: readonly Part[] = ['load', 'idle', 'baselines'];
const FULL: readonly Part[] = PARTS.filter((part) => part !== 'load');

/** What is to be measured. */
export interface BenchPlan {
  readonly parts: readonly Part[];
  readonly rounds: number;
  /** Orders per second: of the part `load`, and where the search begins. Without a search, what the other parts refer to. */
  readonly rate: number;
  /** Of the loads that count; warm-ups and tries are a third of it. */
  readonly seconds: number;
  readonly mails: 'counted' | 'smtp';
  readonly seed: number;
  readonly replicas: readonly number[];
  readonly stored: readonly number[];
}

export interface BenchOptions {
  readonly plan: BenchPlan;
  readonly out: string;
  readonly page: boolean;
  readonly resume: boolean;
  readonly keep: boolean;
  readonly help: boolean;
}

export const HELP = `npm run bench -- [--rate 300] [--seconds 60] [--full | --parts LIST] [--rounds 1] [--page] …

Starts an isolated system, warms it up, offers orders at a fixed rate whatever the system does, and follows every one of them
to its end. Fails when an order is lost, doubled or wrong; a target that is missed is shown as missed.

  --rate      orders per second; where the search begins
  --seconds   of each load that counts
  --full      everything but \`load\`: about an hour and a half with the defaults, and 40 GB of disk for \`stored\`
  --parts     some of:
                load       5 orders/s, then --rate
                search     the highest rate that is sustained
                latency    5 orders/s, then 10 %, 50 % and 80 % of the sustained rate
                backlog    three services stopped while orders come in, and how fast they catch up
                idle       the CPU of services that have nothing to do
                limits     what one product, one database and one relay allow
                baselines  what the database alone, Kafka alone and Nest's own transport make of the same work
                steps      what the time from POST to confirmed is made of, at 5 orders/s
                smtp       what the path over SMTP carries
                observing  what logs of orders and metrics cost, by turns; 12 minutes
                replicas   more processes of each service
                stored     with many orders already stored
              by default load, idle, baselines
  --rounds    how often all but steps, smtp, observing, replicas and stored are measured, each time in a fresh system
  --replicas  by default 1,2,4
  --stored    by default 10000,1000000,5000000
  --mails     counted: rendered and composed, but not handed to a mail server; smtp: sent to one that accepts everything
  --seed      decides who orders what
  --page      writes the result to docs/benchmarks, instead of --out (.local/bench)
  --resume    goes on with the result that is stored there: only those parts are measured that it does not have, and as many
              rounds as it has fewer than --rounds
  --no-baseline   leaves baselines out
  --keep      leaves data and logs under .local/stacks
`;

/** @throws TypeError for what cannot be understood; its message says what is possible. */
export function benchOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    allowNegative: true,
    options: {
      rate: { type: 'string', default: '300' },
      seconds: { type: 'string', default: '60' },
      full: { type: 'boolean', default: false },
      parts: { type: 'string' },
      rounds: { type: 'string', default: '1' },
      replicas: { type: 'string', default: '1,2,4' },
      stored: { type: 'string', default: '10000,1000000,5000000' },
      mails: { type: 'string', default: 'counted' },
      seed: { type: 'string', default: '1' },
      out: { type: 'string', default: '.local/bench' },
      page: { type: 'boolean', default: false },
      resume: { type: 'boolean', default: false },
      baseline: { type: 'boolean', default: true },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const wanted = values.parts === undefined ? (values.full ? FULL : QUICK) : values.parts.split(',').map(part);
  const plan = {
    parts: values.baseline ? wanted : wanted.filter((one) => one !== 'baselines'),
    rounds: number('rounds', values.rounds),
    rate: number('rate', values.rate),
    seconds: number('seconds', values.seconds),
    mails: mails(values.mails),
    seed: number('seed', values.seed),
    replicas: values.replicas.split(',').map((one) => number('replicas', one)),
    stored: values.stored.split(',').map((one) => number('stored', one)),
  };
  const { page, resume, keep, help } = values;
  return { plan, out: page ? 'docs/benchmarks' : values.out, page, resume, keep, help };
}

function part(name: string): Part {
  const found = PARTS.find((one) => one === name);
  if (found === undefined) throw new TypeError(`no part ${name}; there are ${PARTS.join(', ')}`);
  return found;
}

function number(option: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new TypeError(`--${option} is a number above 0, not ${text}`);
  return value;
}

function mails(kind: string): 'counted' | 'smtp' {
  if (kind !== 'counted' && kind !== 'smtp') throw new TypeError(`--mails is counted or smtp, not ${kind}`);
  return kind;
}
