import type { Scenario } from '../scenario.ts';
import { failpoints, randomKills } from './s01-kills.ts';
import { kafkaKilled } from './s03-kafka.ts';
import { zookeeper } from './s04-zookeeper.ts';
import { redis } from './s07-redis.ts';
import { mailServer } from './s09-smtp.ts';
import { hotProduct } from './s14-hot-product.ts';

/** In the order of what they are most likely to catch. */
export const SCENARIOS: readonly Scenario[] = [
  failpoints,
  randomKills,
  kafkaKilled,
  mailServer,
  hotProduct,
  redis,
  zookeeper,
];
