import type { EachBatchPayload } from 'kafkajs';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { AroundLocks, type WorkAround } from '../../../libs/messaging/src/unit-of-work/around-locks';
import { DatabaseSession } from '../../../libs/postgres/src/statements/database-session';
import { EventBatchProcessor } from '../../../libs/messaging/src/consumer/event-batch-processor';
import { FetchCollector } from '../../../libs/messaging/src/consumer/fetch-collector';
import { Inbox } from '../../../libs/messaging/src/consumer/inbox';
import { KafkaEventServer } from '../../../libs/messaging/src/consumer/kafka-event-server';
import { OutboxReader } from '../../../libs/messaging/src/relay/outbox-reader';
import { Outbox } from '../../../libs/messaging/src/unit-of-work/outbox';
import { RelayProducer } from '../../../libs/messaging/src/relay/relay-producer';
import { TopicCreator } from '../../../libs/messaging/src/kafka/topic-creator';
import type { Transactions } from '../../../libs/messaging/src/unit-of-work/transactions';
import { UnitOfWork } from '../../../libs/messaging/src/unit-of-work/unit-of-work';
import { SharedClock } from '../../../libs/platform/src/clock';
import type { Breakage } from '../instructions';
import { publishDirectly } from './publish-directly';
import { wrap } from '../../programs/wrap';

const INSTALLERS: Readonly<Record<Breakage, () => void>> = {
  'outbox-skipped': skipOutbox,
  'inbox-skipped': skipInbox,
  'row-lock-skipped': skipRowLocks,
  'offset-before-database': commitOffsetsFirst,
  'relay-without-lock': () => wrap(OutboxReader, 'becomeActive', () => Promise.resolve(true)),
  'compensation-skipped': skipCompensation,
  // Stands in the entry of the order service, which alone can make it.
  'idempotency-outside-transaction': () => undefined,
  'own-clock': () => wrap(SharedClock, 'follow', () => 0),
  'locks-waited-for': waitForLocks,
  'topics-made-once': makeTopicsOnce,
  'cut-noticed-late': noticeCutsLate,
  'broken-session-kept': keepBrokenSessions,
  'event-loop-blocked': blockEventLoop,
};

/** The mistakes a checker must find. */
export function installBreakage(breakage: Breakage | undefined): void {
  if (breakage !== undefined) INSTALLERS[breakage]();
}

/** One batch of twenty keeps the processor busy for 300 ms. */
function blockEventLoop(): void {
  let batches = 0;
  wrap(EventBatchProcessor, 'handleTogether', (original, args) => {
    batches += 1;
    const { user, system } = process.threadCpuUsage();
    for (let used = 0; batches % 20 === 0 && used < 300_000;) {
      const now = process.threadCpuUsage();
      used = now.user + now.system - user - system;
    }
    return original(...args);
  });
}

/** Events are sent after the commit, straight from memory, by whoever committed. */
function skipOutbox(): void {
  wrap(Outbox, 'store', async (original, args) => {
    const unitOfWork = args[0] as UnitOfWork;
    await original(...args);
    await publishDirectly(unitOfWork);
  });
}

function skipInbox(): void {
  wrap(Inbox, 'admit', (_original, args) => {
    const events = args[1] as readonly { readonly id: string }[];
    return Promise.resolve({ fresh: new Set(events.map(({ id }) => id)), parkedOrders: new Set() });
  });
}

function skipRowLocks(): void {
  wrap(UnitOfWork, 'query', (original, [sql, ...rest]) =>
    original(String(sql).replace(/\bFOR (NO KEY )?UPDATE\b(?! SKIP LOCKED)/, ''), ...rest),
  );
}

function commitOffsetsFirst(): void {
  wrap(FetchCollector, 'add', async (original, args) => {
    const { batch, commitOffsetsIfNecessary } = args[0] as EachBatchPayload;
    const offset = (BigInt(batch.lastOffset()) + 1n).toString();
    const { topic, partition } = batch;
    await commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset }] }] });
    return original(...args);
  });
}

/** The payment and the inventory service do not hear of cancellations. */
function skipCompensation(): void {
  if (process.env.FAULT_SERVICE !== 'payment-service' && process.env.FAULT_SERVICE !== 'inventory-service') return;
  wrap(KafkaEventServer, 'dispatch', (original, args) =>
    args[0] === 'order_cancelled' ? Promise.resolve() : original(...args),
  );
}

/** A set waits for every row it needs. */
function waitForLocks(): void {
  wrap(AroundLocks, 'run', async (_original, args, self) => {
    const [items, , work] = args as [readonly unknown[], unknown, WorkAround<unknown>];
    const { transactions } = self as { readonly transactions: Transactions };
    await transactions.run((unitOfWork) => work(unitOfWork, items, []));
    return [];
  });
}

/** The relay waits for an answer that cannot come, for as long as a request may take by default in kafkajs. */
function noticeCutsLate(): void {
  wrap(RelayProducer, 'send', async (original, args) => {
    try {
      await original(...args);
    } catch (error) {
      await delay(30_000);
      throw error;
    }
  });
}

/** Only while the service starts. */
function makeTopicsOnce(): void {
  wrap(TopicCreator, 'create', (original, args) => (process.uptime() < 20 ? original(...args) : Promise.resolve([])));
}

/** What a session cannot do is held against the work, and the next one gets the same session. */
function keepBrokenSessions(): void {
  wrap(DatabaseSession, 'mayRunElsewhere', () => false);
  wrap(DatabaseSession, 'release', (original, _args, self) => {
    const { client } = self as { client: { _queryable: boolean; connection: { stream: Socket } } };
    if (!client.connection.stream.destroyed) client._queryable = true;
    return original();
  });
}
