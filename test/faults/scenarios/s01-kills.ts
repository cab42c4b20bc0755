import { serviceNames, type ServiceName } from '../../../tools/stack/index.ts';
import { FAILPOINTS, type Failpoint } from '../instructions.ts';
import type { Scenario } from '../scenario.ts';
import type { World } from '../world.ts';

/** A killed service answers nobody until it is back. */
const API = { acceptedShare: 0, p99Ms: 16_000, statuses: [0, 503, 500] };

const ONLY_IN: Partial<Record<Failpoint, ServiceName>> = {
  'between-gateway-answer-and-commit': 'payment-service',
  'between-mail-sent-and-commit': 'notification-service',
  'after-commit-before-answer': 'order-service',
};

function failpointsOf(service: ServiceName): Failpoint[] {
  return FAILPOINTS.filter((point) => (ONLY_IN[point] ?? service) === service);
}

/** Kills the service at each of its failpoints, at a passage that has work before and behind it, and starts it again. */
async function dieEverywhere(world: World, service: ServiceName): Promise<void> {
  for (const point of failpointsOf(service)) {
    await world.cluster.consuming([service]);
    await world.fault(`${service} dies ${point}`, async () => {
      await world.cluster.killAt(service, point, world.random.between(2, 6));
      await world.cluster.start(service);
    });
  }
}

export const failpoints: Scenario = {
  id: 'S1',
  title: 'SIGKILL at every failpoint of every service',
  decisive: ['I1', 'I2', 'I3', 'I4', 'I5', 'I8'],
  api: API,
  async run(world) {
    await world.calm(4);
    await Promise.all(serviceNames.map((service) => dieEverywhere(world, service)));
    await world.calm(2);
  },
};

export const randomKills: Scenario = {
  id: 'S1r',
  title: 'random SIGKILLs under load',
  short: true,
  decisive: ['I1', 'I2', 'I3', 'I4', 'I5', 'I8'],
  api: API,
  async run(world) {
    await world.calm(4);
    for (let kills = 0; kills < 6 || world.timeIsLeft; kills += 1) {
      const service = world.random.pick(serviceNames);
      await world.fault(`${service} is killed`, async () => {
        await world.cluster.kill(service);
        await world.calm(world.random.next() * 2);
        await world.cluster.start(service);
      });
      await world.calm(world.random.next() * 5);
    }
    await world.calm(2);
  },
};
