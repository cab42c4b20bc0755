import { SystemClock, UuidV7Ids } from '@app/platform';
import { dataSourceOptions, migrate } from '@app/postgres';
import { Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DeadLetters } from '../src/failed/dead-letters';
import { FailedMessages } from '../src/failed/failed-messages';
import { Inbox } from '../src/consumer/inbox';
import { MESSAGING_ENTITIES } from '../src/messaging-entities';
import type { MessagingOptions } from '../src/messaging-options';
import { MESSAGING_MIGRATIONS } from '../src/migrations';
import { MessagingMetrics } from '../src/metrics/messaging-metrics';
import { Outbox } from '../src/unit-of-work/outbox';
import { OutboxSignal } from '../src/unit-of-work/outbox-signal';
import { Transactions } from '../src/unit-of-work/transactions';

/** The database side of the messaging core without an application around it: no relay runs, nothing consumes. */
export async function openCore(options: MessagingOptions, databasePoolSize = 10) {
  Logger.overrideLogger(false);
  const database = databaseOptions(options.databaseUrl, databasePoolSize);
  await migrate(database);
  const dataSource = await new DataSource(dataSourceOptions(database)).initialize();
  const clock = new SystemClock();
  const ids = new UuidV7Ids();
  const signal = new OutboxSignal();
  const outbox = new Outbox(options, clock, ids);
  return {
    dataSource,
    signal,
    transactions: new Transactions(dataSource, outbox, signal),
    inbox: new Inbox(options),
    failedMessages: new FailedMessages(
      options,
      new DeadLetters(options, outbox, ids, MessagingMetrics.OFF),
      clock,
      ids,
    ),
    close: () => dataSource.destroy(),
  };
}

/** The messaging tables alone, in the schema of the order service. */
export function databaseOptions(databaseUrl: string, databasePoolSize = 10) {
  const config = {
    databaseUrl,
    databasePoolSize,
    databaseStatementTimeoutMs: 4_000,
    databaseLockTimeoutMs: 3_000,
    databaseStartTimeoutMs: 10_000,
  };
  return { config, schema: 'order_service', entities: MESSAGING_ENTITIES, migrations: MESSAGING_MIGRATIONS };
}
