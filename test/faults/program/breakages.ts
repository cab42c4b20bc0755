import type { EachBatchPayload } from 'kafkajs';
import { EventBatchProcessor } from '../../../libs/messaging/src/event-batch-processor';
import { FetchCollector } from '../../../libs/messaging/src/fetch-collector';
import { Inbox } from '../../../libs/messaging/src/inbox';
import { KafkaEventServer } from '../../../libs/messaging/src/kafka-event-server';
import { OutboxReader } from '../../../libs/messaging/src/outbox-reader';
import { Outbox } from '../../../libs/messaging/src/outbox';
import { UnitOfWork } from '../../../libs/messaging/src/unit-of-work';
import type { Breakage } from '../instructions';
import { publishDirectly } from './publish-directly';
import { wrap } from '../../programs/wrap';

/** The mistakes a checker must find. Those of the order service alone stand in its entry. */
export function installBreakage(breakage: Breakage | undefined): void {
  switch (breakage) {
    case 'outbox-skipped':
      return skipOutbox();
    case 'inbox-skipped':
      return skipInbox();
    case 'row-lock-skipped':
      return skipRowLocks();
    case 'offset-before-database':
      return commitOffsetsFirst();
    case 'relay-without-lock':
      return wrap(OutboxReader, 'becomeActive', () => Promise.resolve(true));
    case 'compensation-skipped':
      return skipCompensation();
    case 'event-loop-blocked':
      return blockEventLoop();
    case 'idempotency-outside-transaction':
    case undefined:
  }
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
