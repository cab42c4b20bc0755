import { eachService, serviceNames, type ServiceName } from '../../tools/stack/service-names';
import { DATABASE_CORES, planFor, type Costs } from './model';

function each<T>(value: T): Record<ServiceName, T> {
  return eachService(() => value);
}

/** A millisecond everywhere. */
const COSTS: Costs = {
  sustained: 300,
  services: each(0.001),
  database: 0.002,
  databaseShares: {
    'order-service': 0.3,
    'payment-service': 0.2,
    'inventory-service': 0.1,
    'notification-service': 0.4,
  },
  broker: 0.000_4,
  walBytes: 2 ** 20 / 300,
  storedBytes: 2 ** 30 / 300 / 86_400,
  relay: 5_000,
};

describe('the plan for a rate', () => {
  it('has two processes of each service at the least, and three brokers', () => {
    expect(planFor(COSTS, 1)).toMatchObject({ processes: each(2), partitions: 6, brokers: 3, databases: 1, alone: [] });
  });

  it('gives each process a part of a core, and a partition to each process', () => {
    const { processes, partitions } = planFor(COSTS, 10);
    expect(processes).toEqual(each(5));
    expect(partitions).toBe(6);
    expect(planFor(COSTS, 100).partitions).toBeGreaterThanOrEqual(planFor(COSTS, 100).processes['order-service']);
  });

  it('moves the largest schema out first, when they no longer fit on one server', () => {
    const { alone, databases, databaseCores, split } = planFor(COSTS, 100);
    expect(Object.values(databaseCores).reduce((sum, cores) => sum + cores, 0)).toBeCloseTo(100);
    expect(alone).toEqual(['notification-service']);
    expect(databases).toBe(2);
    expect(split).toEqual([]);
  });

  it('splits a schema that is too large for any server', () => {
    const { alone, split, databases, databaseCores } = planFor(COSTS, 1_000);
    expect(split).toEqual(serviceNames.filter((name) => databaseCores[name] > DATABASE_CORES));
    expect(alone).toEqual(expect.arrayContaining([...split]));
    // 400, 300, 200 and 100 cores.
    expect(databases).toBe(7 + 5 + 4 + 2);
  });

  it('needs another relay where one does not keep up', () => {
    expect(planFor(COSTS, 1).relays).toEqual(each(1));
    expect(planFor(COSTS, 10).relays).toEqual({ ...each(1), 'order-service': 2, 'notification-service': 3 });
  });

  it('grows in bytes with the orders', () => {
    expect(planFor(COSTS, 10).walMiBPerSecond).toBeCloseTo(10);
    expect(planFor(COSTS, 10).storedGiBPerDay).toBeCloseTo(10);
  });
});
