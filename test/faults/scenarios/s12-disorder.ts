import { serviceNames } from '../../../tools/stack/index.ts';
import type { Scenario } from '../scenario.ts';

export const disorder: Scenario = {
  id: 'S12',
  title: 'events overtake each other: topics are held back at random, customers cancel in between',
  decisive: ['I5', 'I6', 'I7', 'I11'],
  api: { acceptedShare: 1, p99Ms: 5_000, statuses: [] },
  mix: { cancelled: 0.4, followed: 0.2, oddPayment: 0.2 },
  async run(world) {
    await world.calm(3);
    await world.fault('disorder', async () => {
      for (const service of serviceNames) world.cluster.instruct(service, { disorder: true });
      await world.calm(Math.max(25, world.minutes * 60));
      for (const service of serviceNames) world.cluster.instruct(service, {});
    });
    await world.calm(3);
  },
};
