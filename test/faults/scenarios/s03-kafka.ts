import type { Scenario } from '../scenario.ts';

export const kafkaKilled: Scenario = {
  id: 'S3',
  title: 'Kafka is SIGKILLed for 30 s',
  decisive: ['I1', 'I2', 'I13', 'I14', 'I17'],
  alerts: { fire: ['OutboxNotPublished', 'KafkaDown'] },
  // Orders are still accepted, all of them.
  api: { acceptedShare: 1, p99Ms: 5_000, statuses: [] },
  async run(world) {
    await world.calm(5);
    const { cluster } = world;
    await world.fault('Kafka is gone', async () => {
      await cluster.killInfrastructure('kafka');
      await world.calm(30);
      await cluster.start('kafka');
    });
    await world.calm(8);
  },
};
