import { setTimeout as sleep } from 'node:timers/promises';
import { verifyAudit } from '../audit/verify-audit.ts';
import { INVARIANTS, type Check, type Disagreement, type Invariant } from './check.ts';
import { Findings, type Look } from './findings.ts';
import { ROW_CHECKS } from './row-checks.ts';
import { TOPIC_CHECKS } from './topic-checks.ts';
import { TopicReader } from './topic-reader.ts';
import { TopicStore } from './topic-store.ts';
import { Workspace, type Bounds } from './workspace.ts';

export { INVARIANTS, type Disagreement, type Invariant } from './check.ts';

/** The system that is looked at. */
export interface Target {
  /** As the administrator, who sees all four schemas. */
  readonly databaseUrl: string;
  /** `host:port`, … Without it the topics are left out, and what needs them is not checked. */
  readonly kafka?: readonly string[];
}

export interface ReconcileOptions {
  /** What changed within so many milliseconds may still be on its way. By default a minute. */
  readonly settleMs?: number;
  /** Orders placed before are left out. By default none are. */
  readonly since?: Date;
  /** By default all of INVARIANTS. */
  readonly invariants?: readonly Invariant[];
  /** Told what is being done, a few words at a time. */
  readonly onProgress?: (doing: string) => void;
}

/** A topic keeps seven days, an inbox eight. */
const TOPICS_REMEMBER_MS = 6.5 * 86_400_000;
/** A record may carry the time of another machine's clock. */
const CLOCK_SKEW_MS = 60_000;
const BETWEEN_LOOKS_MS = 1_500;
/** The check of I6 is no query: see verifyAudit. */
const TRAIL = 'trail';

/**
 * Compares the four schemas, the gateway's books and the topics of a system that goes on working, and gives what does not
 * agree. Whatever is found is looked at a second time, after the topics have been read on, and only what is found then as
 * well is given: nothing that was in flight is. Needs little memory however many orders there are: the database does the
 * comparing, in temporary tables of this session.
 * @throws when PostgreSQL or Kafka does not answer.
 */
export async function* reconcile(target: Target, options: ReconcileOptions = {}): AsyncGenerator<Disagreement> {
  const workspace = await Workspace.open(target.databaseUrl);
  try {
    const findings = new Findings(workspace.client);
    await new Reconciliation(workspace, findings, target, options).look();
    yield* findings.confirmed();
  } finally {
    await workspace.close();
  }
}

/** All of them at once, for a system of which little is wrong. @see reconcile */
export async function disagreements(target: Target, options: ReconcileOptions = {}): Promise<Disagreement[]> {
  const found: Disagreement[] = [];
  for await (const disagreement of reconcile(target, options)) found.push(disagreement);
  return found;
}

class Reconciliation {
  private readonly invariants: ReadonlySet<Invariant>;
  private readonly store: TopicStore;
  private reader: TopicReader | undefined;

  constructor(
    private readonly workspace: Workspace,
    private readonly findings: Findings,
    private readonly target: Target,
    private readonly options: ReconcileOptions,
  ) {
    this.invariants = new Set(options.invariants ?? (Object.keys(INVARIANTS) as Invariant[]));
    this.store = new TopicStore(workspace.client);
  }

  /** Leaves what was found at the first look and at the second. */
  async look(): Promise<void> {
    const bounds = await this.bounds();
    const checks = [...ROW_CHECKS, ...TOPIC_CHECKS].filter((check) => this.isWanted(check));
    // How far the consumers have come, before what they did is looked at; the topics, before the rows that explain them.
    if (checks.some(({ readsTopics }) => readsTopics)) await this.openTopics(bounds.topicsSince);
    await this.workspace.bound(bounds);
    const suspects = await this.runAll(1, checks);
    const suspectTrails = this.invariants.has('I6') ? await this.verifyTrails(1, bounds.since) : 0;
    if (suspects.length + suspectTrails === 0) return;
    this.say('verifying the findings');
    await sleep(BETWEEN_LOOKS_MS);
    if (suspects.some(({ readsTopics }) => readsTopics)) await this.readTopics();
    await this.workspace.bound(bounds);
    await this.runAll(2, suspects);
    if (suspectTrails > 0) await this.verifyTrails(2, bounds.since, await this.findings.suspects(TRAIL));
  }

  private async bounds(): Promise<Bounds> {
    const now = (await this.workspace.now()).getTime();
    const since = this.options.since ?? new Date(0);
    return {
      since,
      topicsSince: new Date(Math.max(since.getTime(), now - TOPICS_REMEMBER_MS)),
      settledBefore: new Date(now - (this.options.settleMs ?? 60_000)),
    };
  }

  private isWanted({ invariant, readsTopics }: Check): boolean {
    return this.invariants.has(invariant) && (!readsTopics || this.target.kafka !== undefined);
  }

  private async openTopics(since: Date): Promise<void> {
    this.reader = new TopicReader(this.target.kafka ?? [], new Date(since.getTime() - CLOCK_SKEW_MS));
    await this.store.create();
    await this.store.addProgress(await this.reader.progress());
    await this.readTopics();
  }

  private async readTopics(): Promise<void> {
    let count = 0;
    await this.reader?.readOn(async (records) => {
      await this.store.add(records);
      count += records.length;
      this.say(`${count} records read`);
    });
    await this.store.prepare();
  }

  /** @returns those that found something. */
  private async runAll(look: Look, checks: readonly Check[]): Promise<Check[]> {
    const fruitful: Check[] = [];
    for (const check of checks) {
      this.say(`checking ${check.invariant} ${check.name} (${check.service})`);
      if ((await this.findings.run(look, check)) > 0) fruitful.push(check);
    }
    return fruitful;
  }

  private async verifyTrails(look: Look, since: Date, orderIds?: readonly string[]): Promise<number> {
    const progress = { orders: 0, entries: 0, unbound: 0 };
    const scope = orderIds === undefined ? { since } : { since, orderIds };
    let found = 0;
    this.say('verifying the audit trails');
    for await (const { orderId, entry, problems } of verifyAudit(this.workspace.client, scope, progress)) {
      const subject = entry === null ? orderId : `entry ${entry} of the trail of ${orderId}`;
      const finding = { invariant: 'I6', check: TRAIL, service: 'order-service', subject, order_id: orderId } as const;
      await this.findings.add(look, { ...finding, found: problems[0] ?? '' }, INVARIANTS.I6);
      found += 1;
    }
    return found;
  }

  private say(doing: string): void {
    this.options.onProgress?.(doing);
  }
}
