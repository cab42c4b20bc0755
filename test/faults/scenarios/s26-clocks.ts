import { serviceNames } from '../../../tools/stack/index.ts';
import type { Scenario } from '../scenario.ts';

const AHEAD_MS = 20 * 60_000;

export const clocks: Scenario = {
  id: 'S26',
  title: 'one service after the other is twenty minutes ahead, then back, then behind',
  decisive: ['I1', 'I5', 'I6'],
  // Nobody asks what time it is before an order is taken.
  api: { acceptedShare: 1, p99Ms: 8_000, statuses: [] },
  rate: 15,
  mix: { cancelled: 0.15 },
  env: { PAYMENT_GATEWAY_MAX_BACKOFF_MS: '3000' },
  async run(world) {
    const { cluster } = world;
    world.mailInterruptions += 2;
    await world.calm(4);
    for (const service of serviceNames) {
      for (const [what, clockSkewMs] of [
        ['ahead', AHEAD_MS],
        ['behind', -AHEAD_MS],
      ] as const) {
        await world.fault(`${service} is 20 minutes ${what}`, async () => {
          cluster.instruct(service, { clockSkewMs });
          await world.calm(6);
          cluster.instruct(service, {});
          await world.calm(1);
        });
        await world.calm(3);
      }
    }
    await world.calm(3);
  },
};
