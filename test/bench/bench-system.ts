import type { ServiceName } from '../../infra/local/index.ts';
import { System } from '../system/system.ts';
import type { Mails } from './mails.ts';

export interface BenchSystemOptions {
  /** Names its directory. */
  readonly label: string;
  readonly keepFiles?: boolean;
  /** Programs to run instead of what `npm run build` made. */
  readonly programs?: Readonly<Partial<Record<ServiceName, string>>>;
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
export async function startBenchSystem(
  mails: Mails,
  { env, programs = {}, ...options }: BenchSystemOptions,
): Promise<BenchSystem> {
  const system = await System.start({
    ...options,
    components: ['zookeeper', 'kafka', 'postgres', 'redis'],
    services: [
      ...(['order-service', 'payment-service', 'inventory-service'] as const).map((service) => ({
        service,
        entry: programs[service],
      })),
      mails.service,
    ],
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
