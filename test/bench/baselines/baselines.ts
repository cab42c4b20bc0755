import type { BenchSystem } from '../bench-system.ts';
import type { Percentiles } from '../statistics.ts';
import { rawSqlBaseline, type RawSqlResult } from './raw-sql.ts';

type Durations = Pick<Percentiles, 'p50' | 'p95' | 'p99'>;

export interface StockTransportResult {
  readonly ordersPerSecond: number;
  /** Orders that were on their way at the same time. */
  readonly inFlight: number;
  readonly cpuSecondsPer1000: number;
  readonly confirmedMs: Durations;
}

export interface RawKafkaResult {
  readonly recordsPerSecond: number;
  readonly clientCpuSecondsPer1000Records: number;
}

export interface CommitAndSendResult {
  readonly commitMs: Durations;
  readonly sendMs: Durations;
}

interface Where {
  /** Bootstrap servers. */
  readonly kafka: string;
  /** Of somebody who may create a schema. */
  readonly databaseUrl: string;
}

interface Lasting {
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

/** Other ways to do the work, or a part of it, on the infrastructure of the system that was measured. */
export interface Baselines {
  stockTransport(
    options: Where & Lasting & { readonly pids: Readonly<Record<string, number>> },
  ): Promise<StockTransportResult>;
  rawKafka(options: Pick<Where, 'kafka'> & Lasting & { readonly recordBytes: number }): Promise<RawKafkaResult>;
  commitAndSend(options: Where & { readonly samples: number }): Promise<CommitAndSendResult>;
}

/** Those that need Kafka; one that is not here is left out of the result. */
const WITH_KAFKA: Partial<Baselines> = {};

export interface BaselinesResult {
  readonly rawSql: RawSqlResult;
  readonly stockTransport?: StockTransportResult;
  readonly rawKafka?: RawKafkaResult;
  readonly commitAndSend?: CommitAndSendResult;
}

/** About what an order_created takes in its topic, headers included. */
const RECORD_BYTES = 600;
const SAMPLES = 2_000;

/** Measures them with the machine to themselves: ends everything of the system but PostgreSQL, Kafka after its last use. */
export async function runBaselines(bench: BenchSystem, lasting: Lasting): Promise<BaselinesResult> {
  const { supervisor, services, kafka } = bench.system.stack;
  const where = { kafka, databaseUrl: bench.system.stack.databaseUrl('admin') };
  await bench.stopAll([...Object.keys(services), 'redis']);
  const pids = bench.pids();
  const commitAndSend = await WITH_KAFKA.commitAndSend?.({ ...where, samples: SAMPLES });
  const rawKafka = await WITH_KAFKA.rawKafka?.({ kafka, ...lasting, recordBytes: RECORD_BYTES });
  const stockTransport = await WITH_KAFKA.stockTransport?.({ ...where, ...lasting, pids });
  await supervisor.stop('kafka');
  await supervisor.stop('zookeeper');
  const rawSql = await rawSqlBaseline({ databaseUrl: where.databaseUrl, ...lasting, connections: 16 });
  return {
    rawSql,
    ...(stockTransport && { stockTransport }),
    ...(rawKafka && { rawKafka }),
    ...(commitAndSend && { commitAndSend }),
  };
}
