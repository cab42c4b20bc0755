import type { Scenario } from '../scenario.ts';

export const zookeeper: Scenario = {
  id: 'S4',
  title: 'ZooKeeper is away, and Kafka is restarted meanwhile',
  decisive: ['I13', 'I14'],
  api: { acceptedShare: 1, p99Ms: 8_000, statuses: [] },
  async run(world) {
    const { cluster } = world;
    await world.calm(4);
    await world.fault('ZooKeeper is restarted', async () => {
      await cluster.supervisor.stop('zookeeper');
      await world.calm(8);
      await cluster.start('zookeeper');
    });
    await world.calm(6);
    await world.fault('Kafka is restarted while ZooKeeper is away', async () => {
      await cluster.supervisor.stop('zookeeper');
      await cluster.killInfrastructure('kafka');
      // It waits for ZooKeeper, as it would anywhere.
      const broker = cluster.start('kafka');
      await world.calm(8);
      await cluster.start('zookeeper');
      await broker;
    });
    await world.calm(10);
  },
};
