import type { EventEnvelope } from '@app/cloudevents';
import { columnsOf, rowSet } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import { FailedMessageEntity } from '../failed/failed-message.entity';
import { MessagingOptions } from '../messaging-options';
import type { UnitOfWork } from '../unit-of-work/unit-of-work';
import { InboxEntity } from './inbox.entity';

/** What is to be done with each event of a batch. An event that is in neither set has had its effect before. */
export interface Admission {
  /** Ids of the events that are new to this consumer group. */
  readonly fresh: ReadonlySet<string>;
  /** Orders with a message put aside: whatever else arrives for them has to wait behind it. */
  readonly parkedOrders: ReadonlySet<string>;
}

/** Named as in an event, of which they are taken as it is. */
const EVENTS = rowSet(
  {
    id: columnsOf(InboxEntity, 'event_id').event_id,
    orderId: columnsOf(FailedMessageEntity, 'order_id').order_id,
  },
  2,
);

const ADMIT = `
  WITH event AS (
    SELECT * FROM ${EVENTS.unnest('e')}
  ), parked AS (
    SELECT DISTINCT order_id FROM failed_messages
    WHERE consumer_group = $1 AND blocks_order AND order_id = ANY (${EVENTS.array('orderId')})
  ), admitted AS (
    INSERT INTO inbox (consumer_group, event_id)
    SELECT $1, event_id FROM event WHERE order_id NOT IN (SELECT order_id FROM parked) ORDER BY event_id
    ON CONFLICT DO NOTHING
    RETURNING event_id
  )
  SELECT event_id AS id, true AS fresh FROM admitted
  UNION ALL SELECT order_id, false FROM parked`;

const RETRIED = rowSet(columnsOf(InboxEntity, 'event_id'), 2);

const ADMIT_RETRIED = `
  INSERT INTO inbox (consumer_group, event_id)
  SELECT DISTINCT $1, event_id FROM ${RETRIED.unnest('e')} ORDER BY event_id
  ON CONFLICT DO NOTHING RETURNING event_id`;

/** Remembers which events have had their effect, per consumer group. */
@Injectable()
export class Inbox {
  constructor(private readonly options: MessagingOptions) {}

  /**
   * Marks events as handled in the transaction that will handle them, and tells which are new. Blocks while another
   * transaction handles one of the same events, and then reports it as handled (or as new, if that one rolled back).
   */
  async admit(unitOfWork: UnitOfWork, events: readonly EventEnvelope[]): Promise<Admission> {
    if (events.length === 0) return { fresh: new Set(), parkedOrders: new Set() };
    const rows = await unitOfWork.query<{ id: string; fresh: boolean }>(ADMIT, [
      this.options.service,
      ...EVENTS.parameters(events),
    ]);
    return {
      fresh: new Set(rows.filter((row) => row.fresh).map((row) => row.id)),
      parkedOrders: new Set(rows.filter((row) => !row.fresh).map((row) => row.id)),
    };
  }

  /** Admits events of messages that had been put aside, or given up. @returns those that have not had their effect before. */
  async admitRetried(unitOfWork: UnitOfWork, eventIds: readonly string[]): Promise<ReadonlySet<string>> {
    if (eventIds.length === 0) return new Set();
    const rows = await unitOfWork.query<{ event_id: string }>(ADMIT_RETRIED, [
      this.options.service,
      ...RETRIED.parameters(eventIds.map((event_id) => ({ event_id }))),
    ]);
    return new Set(rows.map((row) => row.event_id));
  }

  /**
   * Forgets old entries, a thousand at a time so that no lock is held for long.
   * @returns whether there may be more to forget.
   */
  async prune(unitOfWork: UnitOfWork): Promise<boolean> {
    const rows = await unitOfWork.query(
      `DELETE FROM inbox WHERE ctid = ANY (ARRAY(
         SELECT ctid FROM inbox WHERE received_at < now() - make_interval(days => $1) LIMIT 1000
         FOR UPDATE SKIP LOCKED))
       RETURNING 1`,
      [this.options.inboxRetentionDays],
    );
    return rows.length === 1_000;
  }
}
