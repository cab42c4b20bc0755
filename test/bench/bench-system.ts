import { System } from '../system/system.ts';
import type { Mails } from './mails.ts';

export interface BenchSystemOptions {
  /** Names its directory. */
  readonly label: string;
  readonly keepFiles?: boolean;
  /** For all four services. */
  readonly env?: Readonly<Record<string, string>>;
}

/** An isolated system for a load, and the ids of products of which there is always enough. */
export interface BenchSystem {
  readonly system: System;
  readonly products: readonly string[];
}

const PRODUCTS = 50;
const UNITS = 10_000_000;

/** Starts one that hands its mails to `mails`; the caller stops it. */
export async function startBenchSystem(mails: Mails, { env, ...options }: BenchSystemOptions): Promise<BenchSystem> {
  const system = await System.start({
    ...options,
    components: ['zookeeper', 'kafka', 'postgres', 'redis'],
    services: ['order-service', 'payment-service', 'inventory-service', mails.service],
    env: { LOG_LEVEL: 'warn', ...env },
  });
  try {
    const products = await Promise.all(Array.from({ length: PRODUCTS }, () => system.newProduct(UNITS)));
    return { system, products: products.map(({ product_id }) => product_id) };
  } catch (error) {
    await system.stop();
    throw error;
  }
}
