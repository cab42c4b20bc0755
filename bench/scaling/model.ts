import { eachService, serviceNames, type ServiceName } from '../../tools/stack/service-names.ts';

/** What an order costs, measured on one machine at its sustained rate. */
export interface Costs {
  /** Orders per second that were sustained. */
  readonly sustained: number;
  /** CPU seconds of an order by service, without the database. */
  readonly services: Readonly<Record<ServiceName, number>>;
  /** CPU seconds of an order in PostgreSQL, and each service's share of them. */
  readonly database: number;
  readonly databaseShares: Readonly<Record<ServiceName, number>>;
  /** CPU seconds of an order in the one broker. */
  readonly broker: number;
  readonly walBytes: number;
  /** Kept in the database for each order. */
  readonly storedBytes: number;
  /** Records a second that one relay publishes with nothing else to do. */
  readonly relay: number;
}

/** What is needed for a rate. */
export interface Plan {
  readonly ordersPerSecond: number;
  readonly processes: Readonly<Record<ServiceName, number>>;
  /** Of each topic, so that every process of the largest group has one. */
  readonly partitions: number;
  readonly brokers: number;
  /** Cores of PostgreSQL for each schema. */
  readonly databaseCores: Readonly<Record<ServiceName, number>>;
  /** Servers each schema needs; the schemas that share one have 0.x. */
  readonly databases: number;
  /** Schemas that no longer fit on one server together with the others. */
  readonly alone: readonly ServiceName[];
  /** Schemas that do not fit on one server at all: they have to be split by order. */
  readonly split: readonly ServiceName[];
  /** Relays of each service; more than one means an outbox that is split by order. */
  readonly relays: Readonly<Record<ServiceName, number>>;
  readonly walMiBPerSecond: number;
  readonly storedGiBPerDay: number;
}

/** How full a core may be on average: latency grows fast beyond, and a replica may be missing. */
export const BUSY = 0.6;
/** Cores of a large database server. */
export const DATABASE_CORES = 64;
/** Copies of each record, and so the least number of brokers. */
export const REPLICATION = 3;
export const BROKER_CORES = 8;
/** Records an order makes, by the service that publishes them: two of its own, one payment, one of stock, three notifications. */
export const RECORDS: Readonly<Record<ServiceName, number>> = {
  'order-service': 2,
  'payment-service': 1,
  'inventory-service': 1,
  'notification-service': 3,
};

/**
 * What it takes to serve `factor` times the measured rate, if costs stay what they are. They do not quite: more processes make
 * smaller batches, which cost more, and larger machines make larger ones, which cost less.
 */
export function planFor(costs: Costs, factor: number): Plan {
  const rate = costs.sustained * factor;
  const cores = (secondsPerOrder: number): number => (rate * secondsPerOrder) / BUSY;
  const processes = eachService((name) => Math.max(2, Math.ceil(cores(costs.services[name]))));
  const databaseCores = eachService((name) => cores(costs.database * costs.databaseShares[name]));
  const split = serviceNames.filter((name) => databaseCores[name] > DATABASE_CORES);
  const { databases, alone } = servers(databaseCores);
  return {
    ordersPerSecond: rate,
    processes,
    partitions: roundUp(Math.max(...Object.values(processes)), 6),
    // A broker does the leader's work for its partitions and a follower's for others'; counted as if they cost the same.
    brokers: Math.max(REPLICATION, Math.ceil((cores(costs.broker) * REPLICATION) / BROKER_CORES)),
    databaseCores,
    databases,
    alone,
    split,
    relays: eachService((name) => Math.max(1, Math.ceil((rate * RECORDS[name]) / (costs.relay * BUSY)))),
    walMiBPerSecond: (rate * costs.walBytes) / 2 ** 20,
    storedGiBPerDay: (rate * costs.storedBytes * 86_400) / 2 ** 30,
  };
}

/** While they do not fit together, the schema that needs most moves out. */
function servers(cores: Readonly<Record<ServiceName, number>>): Pick<Plan, 'databases' | 'alone'> {
  const bySize = serviceNames.toSorted((a, b) => cores[b] - cores[a]);
  const alone: ServiceName[] = [];
  let databases = 0;
  let together = bySize.reduce((sum, name) => sum + cores[name], 0);
  for (const name of bySize) {
    if (together <= DATABASE_CORES) break;
    alone.push(name);
    together -= cores[name];
    databases += Math.ceil(cores[name] / DATABASE_CORES);
  }
  return { databases: databases + (alone.length < serviceNames.length ? 1 : 0), alone };
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}
