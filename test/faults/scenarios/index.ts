import type { Scenario } from '../scenario.ts';
import { quiet } from './s00-quiet.ts';
import { failpoints, randomKills } from './s01-kills.ts';
import { rollingRestart } from './s02-rolling-restart.ts';
import { kafkaKilled } from './s03-kafka.ts';
import { zookeeper } from './s04-zookeeper.ts';
import { postgresRestarted } from './s05-postgres.ts';
import { postgresFrozen } from './s06-frozen-postgres.ts';
import { redis } from './s07-redis.ts';
import { mailServer } from './s09-smtp.ts';
import { gateway } from './s08-gateway.ts';
import { duplicates } from './s10-duplicates.ts';
import { poisonPills } from './s11-poison.ts';
import { disorder } from './s12-disorder.ts';
import { replicas } from './s13-replicas.ts';
import { hotProduct } from './s14-hot-product.ts';
import { massRetry } from './s15-mass-retry.ts';
import { brokerDiskFull, databaseDiskFull } from './s16-disk-full.ts';
import { slowConsumer } from './s17-slow-consumer.ts';
import { lockedRows } from './s18-locked-rows.ts';
import { kafkaChanges } from './s22-kafka-changes.ts';
import { network } from './s23-network.ts';
import { postgresSessions } from './s24-postgres-sessions.ts';
import { pairs } from './s25-pairs.ts';
import { clocks } from './s26-clocks.ts';

/** In the order of what they are most likely to catch. */
export const SCENARIOS: readonly Scenario[] = [
  quiet,
  failpoints,
  randomKills,
  kafkaKilled,
  mailServer,
  postgresRestarted,
  duplicates,
  postgresFrozen,
  replicas,
  disorder,
  gateway,
  hotProduct,
  poisonPills,
  redis,
  rollingRestart,
  zookeeper,
  massRetry,
  databaseDiskFull,
  brokerDiskFull,
  slowConsumer,
  lockedRows,
  kafkaChanges,
  network,
  postgresSessions,
  clocks,
  pairs,
];
