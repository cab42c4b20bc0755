import type { Scenario } from '../scenario.ts';
import { failpoints, randomKills } from './s01-kills.ts';
import { kafkaKilled } from './s03-kafka.ts';

/** In the order of what they are most likely to catch. */
export const SCENARIOS: readonly Scenario[] = [failpoints, randomKills, kafkaKilled];
