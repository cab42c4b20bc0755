import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Kafka, logLevel, type Admin, type IHeaders, type Producer } from 'kafkajs';
import { byTopic, subscriptionsIn } from '../../tools/docs/subscriptions.ts';
import type { System } from '../system/system.ts';
import type { Findings } from './findings.ts';
import { goodEvent, mutants, TOPICS, type Mutant } from './mutations.ts';

/** Who reads a topic. */
const GROUPS: Readonly<Record<string, readonly string[]>> = byTopic(
  subscriptionsIn(join(import.meta.dirname, '../..')),
);
const BATCH = 150;
/** For a whole batch, most of it poison, on a busy machine; a record alone must be faster. */
const BATCH_WITHIN_MS = 30_000;
const ALONE_WITHIN_MS = 3_000;
/** Of a real order these repeat what it has been through, whatever else they say; the rest would be true events. */
const ECHOES = ['order_created', 'order_confirmed', 'payment_successful', 'inventory_updated'] as const;

interface Published {
  readonly mutant: Mutant;
  readonly partition: number;
  readonly offset: string;
}

/** Publishes mutants of the golden events, batch by batch, and asks for an account of each record after each batch. */
export class ConsumerFuzz {
  private readonly kafka: Kafka;
  private readonly producer: Producer;
  private readonly admin: Admin;
  private readonly system: System;
  private readonly findings: Findings;
  slowestAloneMs = 0;

  constructor(system: System, findings: Findings) {
    this.system = system;
    this.findings = findings;
    this.kafka = new Kafka({ clientId: 'fuzz', brokers: [system.stack.kafka], logLevel: logLevel.NOTHING });
    this.producer = this.kafka.producer({ allowAutoTopicCreation: false });
    this.admin = this.kafka.admin();
  }

  /** @param realOrders settled ones, about which absurd events are published too */
  async run(seed: number, cases: number, realOrders: readonly string[], afterBatch: () => void): Promise<void> {
    await Promise.all([this.producer.connect(), this.admin.connect()]);
    try {
      const all = [...fc.sample(mutants, { seed, numRuns: cases }), ...echoesOf(realOrders)];
      for (let from = 0; from < all.length; from += BATCH) {
        const again = `--only consumers --seed ${seed} (from #${from})`;
        const published = await this.publish(all.slice(from, from + BATCH), again);
        await this.account(published, again);
        await this.poisonAlone(again);
        afterBatch();
      }
    } finally {
      await Promise.all([this.producer.disconnect(), this.admin.disconnect()]);
    }
  }

  private async publish(batch: readonly Mutant[], again: string): Promise<Published[]> {
    const published: Published[] = [];
    for (const mutant of batch) {
      const { topic, key, value, headers } = mutant;
      // What matters of a wrong key is the record, not where it would have gone.
      const message = { key, value, headers: headers as IHeaders, partition: published.length % 3 };
      try {
        const [at] = await this.producer.send({ topic, messages: [message], acks: 1 });
        published.push({ mutant, partition: message.partition, offset: at?.baseOffset ?? '' });
      } catch (error) {
        this.findings.add('consumers', 'a mutant that Kafka refuses', `${mutant.label} ${String(error)}`, again);
      }
      this.findings.ran(`consumers of ${topic}`);
    }
    return published;
  }

  /** Within its time every group has passed every record, and each is in the inbox or among the failed messages. */
  private async account(published: readonly Published[], again: string): Promise<void> {
    const groups = [...new Set(published.flatMap(({ mutant }) => GROUPS[mutant.topic] ?? []))];
    for (const group of groups) {
      const mine = published.filter(({ mutant }) => GROUPS[mutant.topic]?.includes(group));
      if (!(await this.passed(group, mine))) {
        this.findings.add('consumers', `${group} stands still`, `after ${BATCH_WITHIN_MS} ms`, again);
        continue;
      }
      for (const { mutant, partition, offset } of await this.unaccounted(group, mine)) {
        const headers = Object.entries(mutant.headers).map(([name, value]) => `${name}=${String(value).slice(0, 60)}`);
        const detail = `${mutant.label} on ${mutant.topic}/${partition}@${offset}: ${String(mutant.value).slice(0, 300)} ${headers.join(' ')}`;
        this.findings.add('consumers', `${group} has no account of a record`, detail, again);
      }
    }
  }

  private async passed(group: string, records: readonly Published[]): Promise<boolean> {
    const topics = [...new Set(records.map(({ mutant }) => mutant.topic))];
    const given = AbortSignal.timeout(BATCH_WITHIN_MS);
    while (!given.aborted) {
      const committed = await this.admin.fetchOffsets({ groupId: group, topics });
      const positions = new Map(
        committed.flatMap(({ topic, partitions }) =>
          partitions.map(({ partition, offset }) => [`${topic}/${partition}`, BigInt(offset)] as const),
        ),
      );
      if (
        records.every(
          ({ mutant, partition, offset }) => (positions.get(`${mutant.topic}/${partition}`) ?? 0n) > BigInt(offset),
        )
      )
        return true;
      await delay(100);
    }
    return false;
  }

  private async unaccounted(group: string, records: readonly Published[]): Promise<Published[]> {
    const schema = group.replaceAll('-', '_');
    const failed = await this.system.sql<{ at: string }>(
      `SELECT topic || '/' || partition || '@' || "offset" AS at FROM ${schema}.failed_messages WHERE topic = ANY ($1)`,
      [TOPICS],
    );
    const known = new Set(failed.map(({ at }) => at));
    const ids = records.map(({ mutant }) => idOf(mutant)).filter((id) => id !== undefined);
    const inbox = await this.system.sql<{ id: string }>(
      `SELECT event_id::text AS id FROM ${schema}.inbox WHERE event_id = ANY ($1::uuid[])`,
      [ids],
    );
    const handled = new Set(inbox.map(({ id }) => id));
    return records.filter(
      ({ mutant, partition, offset }) =>
        !known.has(`${mutant.topic}/${partition}@${offset}`) && !handled.has(idOf(mutant) ?? ''),
    );
  }

  /** One bad record on a quiet topic is put aside at once. */
  private async poisonAlone(again: string): Promise<void> {
    const began = performance.now();
    const published = await this.publish(
      [{ ...goodEvent('inventory_updated', randomUUID(), randomUUID()), value: Buffer.from('{') }],
      again,
    );
    await this.account(published, again);
    const took = performance.now() - began;
    this.slowestAloneMs = Math.max(this.slowestAloneMs, took);
    if (took > ALONE_WITHIN_MS)
      this.findings.add('consumers', 'one bad record took too long', `${Math.round(took)} ms`, again);
  }
}

function idOf({ headers }: Mutant): string | undefined {
  const id = Buffer.isBuffer(headers.ce_id) ? headers.ce_id.toString() : '';
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) ? id : undefined;
}

/** Of settled orders: events of theirs under new ids, with other amounts, currencies and goods. */
function echoesOf(orders: readonly string[]): Mutant[] {
  return orders.flatMap((orderId) =>
    ECHOES.map((topic) => ({ ...goodEvent(topic, orderId, randomUUID()), label: 'echo' })),
  );
}
