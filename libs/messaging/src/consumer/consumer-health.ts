import { Clock, type HealthResult, Outage } from '@app/platform';
import { isDatabaseUnavailable } from '@app/postgres';
import { Injectable, Logger } from '@nestjs/common';
import type { Consumer } from 'kafkajs';
import { reasonOf } from '../kafka/kafka-errors';
import type { UnreadablePlace } from './unreadable-batches';
import { DatabaseLocked } from '../unit-of-work/locked-rows';

/** What the health page says of the consumer. `silent`: Kafka does not answer it. `crashed`: it is being replaced by another. */
export type ConsumerState = 'connecting' | 'consuming' | 'rebalancing' | 'paused' | 'silent' | 'crashed';

/** A consumer fetches twice a second, or sends heartbeats while it works on what it has fetched. */
const SILENCE_MS = 4_500;

/** What the consumer is working on. */
export interface ConsumerWork {
  /** Since when a batch is being worked on, in milliseconds since the epoch; undefined when none is. */
  readonly busySince: number | undefined;
  /** Batches that cannot be read and are being looked at again. */
  readonly unreadable: readonly UnreadablePlace[];
}

/** Follows the life of the consumer: for the health page, and for the watchdog that replaces what stands still. */
@Injectable()
export class ConsumerHealth {
  private readonly logger = new Logger(ConsumerHealth.name);
  private readonly outage = new Outage(this.logger, {
    failing: 'Events are not consumed; trying again',
    working: 'Consuming again',
  });
  private current: Exclude<ConsumerState, 'silent'> = 'connecting';
  private work: ConsumerWork | undefined;
  private reason: string | undefined;
  private partitions = 0;
  private lastAnswer: number;
  private lastFetch: number;
  private progressAt: number;
  private excusedAt = -Infinity;

  constructor(private readonly clock: Clock) {
    this.lastAnswer = this.lastFetch = this.progressAt = this.now();
  }

  get state(): ConsumerState {
    return this.current === 'consuming' && this.silentMs() > SILENCE_MS ? 'silent' : this.current;
  }

  /** Since when a batch is being worked on. */
  get busySince(): number | undefined {
    return this.work?.busySince;
  }

  /** When the consumer last got on: a batch was committed, or a fetch came back. In milliseconds since the epoch. */
  get lastProgress(): number {
    return this.progressAt;
  }

  /** Milliseconds since then, or since there was an excuse. */
  get standstillMs(): number {
    return this.now() - Math.max(this.progressAt, this.excusedAt);
  }

  /** Milliseconds since a fetch came back. Long while a batch is being worked on, too. */
  get sinceFetchMs(): number {
    return this.now() - this.lastFetch;
  }

  report(): HealthResult {
    const { state, reason, partitions } = this;
    const unreadable = (this.work?.unreadable ?? []).map(
      ({ topic, partition, offset }) => `${topic}/${partition} at ${offset}`,
    );
    const status =
      state === 'consuming'
        ? unreadable.length > 0
          ? 'degraded'
          : 'up'
        : state === 'rebalancing'
          ? 'degraded'
          : 'down';
    const why = state === 'silent' ? `no answer from Kafka for ${Math.round(this.silentMs() / 1_000)} s` : reason;
    return {
      status,
      details: {
        consumer: state,
        partitions,
        ...(why === undefined ? {} : { reason: why }),
        ...(unreadable.length === 0 ? {} : { unreadable }),
      },
    };
  }

  /** Follows this consumer from now on. @param gone called once kafkajs has given it up. */
  observe(consumer: Consumer, work: ConsumerWork, gone: (error: Error) => void): void {
    this.work = work;
    const { GROUP_JOIN, REBALANCING, CRASH, FETCH, REQUEST } = consumer.events;
    consumer.on(GROUP_JOIN, ({ payload }) => {
      this.partitions = Object.values(payload.memberAssignment).reduce((sum, list) => sum + list.length, 0);
      this.enter('consuming');
    });
    consumer.on(REBALANCING, () => this.enter('rebalancing'));
    consumer.on(REQUEST, () => (this.lastAnswer = this.now()));
    consumer.on(FETCH, () => {
      this.lastFetch = this.now();
      // Fetchers have stopped before a re-join begins. When that fails because the broker is gone, kafkajs fetches on as the
      // member it was, and says nothing of it.
      if (this.current === 'rebalancing') this.enter('consuming');
      if (this.current === 'consuming') this.progressAt = this.now();
    });
    consumer.on(CRASH, ({ payload: { error } }) => {
      this.failed(error);
      gone(error);
    });
  }

  /** There is no consumer now, because of this. */
  failed(error: unknown): void {
    if (this.current !== 'connecting') this.enter('crashed');
    this.partitions = 0;
    this.reason = reasonOf(error);
    this.outage.failed(error);
  }

  /** A batch has been committed. */
  progressed(): void {
    this.progressAt = this.now();
    if (this.current === 'paused') this.enter('consuming');
    this.outage.ended();
  }

  /** Nothing that could be done here would end the standstill: its time begins anew. */
  excuse(): void {
    this.excusedAt = this.now();
  }

  /** Consumption is paused. It waits indefinitely for the database; anything else counts towards the stall time-out. */
  interrupted(error: unknown): void {
    this.enter('paused');
    if (isDatabaseUnavailable(error) || error instanceof DatabaseLocked) this.excuse();
    else if (!this.outage.isOngoing) this.logger.error('Consumption interrupted', { err: error });
    this.outage.failed(error);
  }

  private enter(state: Exclude<ConsumerState, 'silent'>): void {
    if (this.current !== state) this.logger.debug(`Consumer state changed: ${this.current} → ${state}`);
    if (state === 'consuming') {
      this.reason = undefined;
      if (this.current !== 'paused') this.outage.ended();
      this.lastFetch = this.now();
    }
    this.current = state;
  }

  private silentMs(): number {
    return this.now() - (this.busySince === undefined ? this.lastFetch : this.lastAnswer);
  }

  private now(): number {
    return this.clock.now().getTime();
  }
}
