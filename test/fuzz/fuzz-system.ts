import { violations } from '../system/invariants.ts';
import { describeStall, type StallReport } from '../system/stalls.ts';
import type { System } from '../system/system.ts';
import { attackConnections } from './connection-attacks.ts';
import { ConsumerFuzz } from './consumer-fuzz.ts';
import { Findings } from './findings.ts';
import { fuzzHttp, httpTargets } from './http-fuzz.ts';
import { runSchemathesis } from './schemathesis.ts';
import { Watch } from './watch.ts';

export const PARTS = ['schemathesis', 'http', 'connections', 'consumers'] as const;

export interface FuzzPlan {
  readonly seed: number;
  readonly parts: readonly string[];
  /** Handwritten requests, over all services. */
  readonly requests: number;
  /** Mutated records, over all topics. */
  readonly records: number;
  /** Per endpoint. */
  readonly examples: number;
}

/**
 * Attacks a running system in all ways of the plan while innocent customers order, and then looks at what is left.
 * @param stalls what the system's services report to.
 */
export async function fuzzSystem(
  system: System,
  plan: FuzzPlan,
  stalls: StallReport,
): Promise<{ findings: Findings; summary: string }> {
  const findings = new Findings();
  const watch = new Watch(system, findings);
  const consumers = new ConsumerFuzz(system, findings);
  const { seed, parts } = plan;
  watch.start();
  if (parts.includes('http')) await fuzzHttp(system, findings, seed, plan.requests);
  watch.check('after http');
  if (parts.includes('connections')) await attackConnections(await httpTargets(system), findings);
  if (parts.includes('schemathesis')) await runSchemathesis(system, findings, seed, plan.examples);
  watch.check('after schemathesis');
  if (parts.includes('consumers')) {
    await consumers.run(seed, plan.records, watch.orderIds.slice(0, 3), () => watch.check('after a batch of records'));
  }
  await watch.stop();
  await realOrdersAreRight(system, findings);
  nobodyWasKeptWaiting(system, findings, stalls);
  const slowest = `slowest innocent order ${watch.slowestSeconds.toFixed(1)} s, slowest bad record alone ${Math.round(consumers.slowestAloneMs)} ms, longest stall ${stalls.longestMs} ms`;
  return { findings, summary: `${slowest}\n${watch.memory()}` };
}

function nobodyWasKeptWaiting(system: System, findings: Findings, stalls: StallReport): void {
  for (const service of Object.keys(system.stack.services)) {
    if (!stalls.watched.has(service)) findings.add('watch', 'an event loop was not watched', service, 'the same seed');
  }
  for (const stall of stalls.tooLong) {
    findings.add('watch', 'an event loop stood still', describeStall(stall), 'the same seed');
  }
}

/**
 * Not held against the system: dead letters, which are what this is about, and effects of good events about orders that
 * nobody has placed. Services believe each other; everything else holds of every order that was really placed.
 */
const EXPECTED = /no message was put aside|effect-without-order/;

async function realOrdersAreRight(system: System, findings: Findings): Promise<void> {
  const given = AbortSignal.timeout(60_000);
  for (;;) {
    const broken = (await violations(system)).filter(({ invariant }) => !EXPECTED.test(invariant));
    if (broken.length === 0) return;
    if (!given.aborted) continue;
    for (const { invariant, count, examples } of broken) {
      findings.add('invariants', invariant, `${count}, such as ${examples.join(', ')}`, 'the same seed');
    }
    return;
  }
}
