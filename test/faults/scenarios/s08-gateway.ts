import type { GatewayMode } from '../instructions.ts';
import type { Scenario } from '../scenario.ts';

const UNAFFECTED = { acceptedShare: 1, p99Ms: 5_000, statuses: [] };

export const gateway: Scenario = {
  id: 'S8',
  title: 'the gateway hangs, loses its answers, fails, flaps',
  decisive: ['I3', 'I5', 'I17'],
  alerts: { fire: ['PaymentGatewayAway', 'PaymentUnknown'] },
  api: UNAFFECTED,
  mix: { oddPayment: 0.25, cancelled: 0.15 },
  env: {
    PAYMENT_GATEWAY_TIMEOUT_MS: '2000',
    PAYMENT_GATEWAY_LEASE_MS: '8000',
    PAYMENT_GATEWAY_MAX_BACKOFF_MS: '3000',
    PAYMENT_GATEWAY_LONG_INTERVAL_MS: '4000',
    PAYMENT_GATEWAY_QUIET_MS: '6000',
  },
  async run(world) {
    const becomes = (mode: GatewayMode): void => world.cluster.instruct('payment-service', { gateway: mode });
    await world.calm(3);
    // So long that somebody has to know of the payments of which nobody does.
    for (const [mode, seconds] of [
      ['hangs', 25],
      ['fails_after', 8],
      ['fails_before', 8],
    ] as const) {
      await world.fault(`the gateway ${mode.replace('_', ' ')}`, async () => {
        becomes(mode);
        await world.calm(seconds);
        becomes('normal');
      });
      await world.calm(2);
    }
    await world.fault('the gateway flaps', async () => {
      for (let turn = 0; turn < 10; turn += 1) {
        becomes(turn % 2 === 0 ? world.random.pick(['hangs', 'fails_after', 'fails_before']) : 'normal');
        await world.calm(1);
      }
      becomes('normal');
    });
    await world.calm(3);
  },
};
