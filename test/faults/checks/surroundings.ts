import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TopicRecord } from '../../system/kafka.ts';
import { describeStall } from '../../system/stalls.ts';
import type { JournalEntry } from '../journal.ts';
import type { ApiBounds, Scenario } from '../scenario.ts';
import { PLANTED } from '../secrets.ts';
import { AFTERMATH_MS, type World } from '../world.ts';
import { finding, type Finding } from './invariant.ts';

/**
 * Outside of a fault. Two busy cores may have to serve everything, the load and the checks included: seconds are forgiven
 * then, a lost request is not.
 */
const CALM: ApiBounds = { acceptedShare: 1, p99Ms: 5_000, statuses: [] };
const MAX_RESIDENT_MIB = 320;
/** Pool of 10, the relay's own, 4 of the gateway's books; one being replaced. */
const MAX_SESSIONS: Readonly<Record<string, number>> = {
  order_service: 13,
  payment_service: 17,
  inventory_service: 13,
  notification_service: 13,
};

/** Whether everybody still consumes, and nobody had to die for it. */
export async function checkLiveness(world: World): Promise<Finding[]> {
  const standing: string[] = [];
  for (const name of world.cluster.instances.keys()) {
    await world.cluster.consuming([name], 20_000).catch((error: unknown) => standing.push(String(error)));
  }
  return [
    ...finding('I13', 'a consumer stands still', standing),
    ...finding('I13', 'a process ended by itself', world.cluster.unexpectedEnds),
  ];
}

/** I14: whether customers were served as promised. */
export function checkApi(world: World, scenario: Scenario): Finding[] {
  const creates = world.load.journal.of('create');
  const disturbed = ({ at, ms }: JournalEntry): boolean =>
    world.bands.some(({ from, to }) => at + ms >= from && at <= to + AFTERMATH_MS);
  const during = creates.filter(disturbed);
  const calm = creates.filter((entry) => !disturbed(entry));
  return [...judge('outside of the fault', calm, CALM), ...judge('during the fault', during, scenario.api)];
}

function judge(when: string, all: readonly JournalEntry[], bounds: ApiBounds): Finding[] {
  const entries = all.filter(({ status, key }) => !(status === 409 && key !== undefined));
  if (entries.length === 0) return [];
  const accepted = entries.filter(({ status }) => status === 201);
  const share = accepted.length / entries.length;
  const latencies = accepted.map(({ ms }) => ms).sort((a, b) => a - b);
  const p99 = latencies[Math.floor(latencies.length * 0.99)] ?? 0;
  const odd = entries.filter(({ status }) => status !== 201 && !bounds.statuses.includes(status));
  const silent = entries.filter(({ status, retryAfter }) => status === 503 && retryAfter !== true);
  return [
    ...finding(
      'I14',
      `unexpected answers ${when}`,
      odd.map(({ status, at }) => `${status} at ${Math.round(at)} ms`),
    ),
    ...finding(
      'I14',
      `503 without Retry-After ${when}`,
      silent.map(({ at }) => `at ${Math.round(at)} ms`),
    ),
    ...(share >= bounds.acceptedShare
      ? []
      : finding('I14', `accepted ${percent(share)} ${when}, promised ${percent(bounds.acceptedShare)}`, [when])),
    ...(p99 <= bounds.p99Ms
      ? []
      : finding('I14', `p99 ${Math.round(p99)} ms ${when}, promised ${bounds.p99Ms} ms`, [when])),
  ];
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** I15: no request, record or client keeps all others of a service waiting. */
export function checkEventLoops({ cluster }: World): Finding[] {
  const { watched, tooLong } = cluster.stalls;
  const unseen = [...new Set(cluster.instances.values())].filter((service) => !watched.has(service));
  return [
    ...finding('I15', 'an event loop was not watched', unseen),
    ...finding('I15', 'an event loop stood still', tooLong.map(describeStall)),
  ];
}

/** I15: memory and sessions of all samples, per process and per instance. */
export function checkResources(world: World): Finding[] {
  const heavy: string[] = [];
  const crowded: string[] = [];
  for (const { at, residentMiB, sessions = {} } of world.sampler.samples) {
    for (const [name, size] of Object.entries(residentMiB)) {
      if (size > MAX_RESIDENT_MIB) heavy.push(`${name}: ${size} MiB at ${Math.round(at)} ms`);
    }
    for (const [role, count] of Object.entries(sessions)) {
      const most = (MAX_SESSIONS[role] ?? 0) * world.maxReplicas;
      if (count > most) crowded.push(`${role}: ${count} sessions at ${Math.round(at)} ms, ${most} at most`);
    }
  }
  return [
    ...finding('I15', 'memory beyond its bound', heavy),
    ...finding('I15', 'sessions beyond their bound', crowded),
  ];
}

/** Bounded, and only where a word begins: a search must not take longer than the text is long. */
const ADDRESS = /(?<![\w.+-])[\w.+-]{1,64}@example\.test/g;
/** The sender of all mails is no secret. */
const PUBLIC = new Set(['orders@example.test']);

/** I16: looks for what was planted, and for any customer's address, in everything that was written down. */
export function checkSecrets(world: World, records: readonly TopicRecord[]): Finding[] {
  const found: string[] = [];
  const search = (where: string, text: string): void => {
    for (const [name, secret] of Object.entries(PLANTED)) if (text.includes(secret)) found.push(`${name} in ${where}`);
    const address = text.match(ADDRESS)?.find((each) => !PUBLIC.has(each));
    if (address !== undefined) found.push(`${address} in ${where}`);
  };
  const { logs } = world.cluster.system.stack.directories;
  for (const name of world.cluster.instances.keys()) {
    for (const file of readdirSync(logs).filter((each) => each.startsWith(`${name}.log`))) {
      search(file, readFileSync(join(logs, file), 'utf8'));
    }
  }
  for (const { topic, partition, offset, value, headers } of records) {
    const text = Object.entries(headers).flatMap(([name, content]) => [name, String(content)]);
    search(`${topic}/${partition}/${offset}`, [value?.toString('utf8') ?? '', ...text].join(' '));
  }
  return finding('I16', 'something secret was written down', found);
}
