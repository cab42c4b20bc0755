import type { BenchSystem } from '../bench-system.ts';
import { commitAndSend, type CommitAndSendResult } from './commit-and-send.ts';
import { rawKafkaBaseline, type RawKafkaResult } from './raw-kafka.ts';
import { rawSqlBaseline, type RawSqlResult } from './raw-sql.ts';
import { stockTransportBaseline, type StockTransportResult } from './stock-transport/index.ts';

interface Lasting {
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

/** Other ways to do the work, or a part of it, on the infrastructure of the system that was measured. */
export interface BaselinesResult {
  readonly rawSql: RawSqlResult;
  readonly stockTransport: StockTransportResult;
  readonly rawKafka: RawKafkaResult;
  readonly commitAndSend: CommitAndSendResult;
}

const SAMPLES = 2_000;
/** The stock transport gets as many orders at a time as suits it best. */
const IN_FLIGHT = [64, 128, 256];

/** Measures them with the machine to themselves: ends everything of the system but PostgreSQL, Kafka after its last use. */
export async function runBaselines(bench: BenchSystem, lasting: Lasting): Promise<BaselinesResult> {
  const { supervisor, services, kafka } = bench.system.stack;
  const where = { kafka, databaseUrl: bench.system.stack.databaseUrl('admin') };
  await bench.stopAll([...Object.keys(services), 'redis']);
  const pids = bench.pids();
  const commitAndSendResult = await commitAndSend({ ...where, samples: SAMPLES });
  const rawKafka = await rawKafkaBaseline({ kafka, ...lasting });
  const stockTransport = await stockTransportBaseline({ ...where, ...lasting, inFlight: IN_FLIGHT, pids });
  await supervisor.stop('kafka');
  await supervisor.stop('zookeeper');
  const rawSql = await rawSqlBaseline({ databaseUrl: where.databaseUrl, ...lasting, connections: 16 });
  return { rawSql, stockTransport, rawKafka, commitAndSend: commitAndSendResult };
}
