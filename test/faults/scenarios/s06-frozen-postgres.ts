import type { Scenario } from '../scenario.ts';

export const postgresFrozen: Scenario = {
  id: 'S6',
  title: 'PostgreSQL is frozen for 30 s with a backlog waiting',
  decisive: ['I9', 'I14', 'I15'],
  // Who waits is told to come back; nobody is left without an answer.
  api: { acceptedShare: 0.2, p99Ms: 12_000, statuses: [503] },
  async run(world) {
    const { cluster } = world;
    await world.calm(4);
    await world.fault('PostgreSQL is frozen', async () => {
      cluster.supervisor.pause('payment-service');
      await world.calm(5);
      cluster.supervisor.pause('postgres');
      cluster.supervisor.continue('payment-service');
      cluster.relayInterruptions += 8;
      await world.calm(30);
      cluster.supervisor.continue('postgres');
    });
    await world.calm(5);
  },
};
