import { join } from 'node:path';
import { finding } from '../checks/invariant.ts';
import type { Scenario } from '../scenario.ts';
import { SmallDisk, whyNoSmallDisk } from '../small-disk.ts';
import type { World } from '../world.ts';

const FULL_SECONDS = 20;

/** Restarts the component on a small disk, fills that, makes room again, and restarts it where it was. */
async function fillDisk(world: World, name: 'postgres' | 'kafka', directory: string, spareMiB: number): Promise<void> {
  const { cluster } = world;
  // Twice moved and once at its limit: each time something may be in hand.
  cluster.relayInterruptions += 3;
  world.mailInterruptions += name === 'postgres' ? 3 : 0;
  await cluster.supervisor.stop(name);
  const disk = new SmallDisk(directory, spareMiB);
  try {
    await cluster.start(name);
    await world.calm(4);
    await world.fault(`the disk of ${name} is full`, async () => {
      disk.fill();
      await world.calm(FULL_SECONDS);
      disk.free();
      // As an orchestrator would, if it has given up; it is what a full disk does to both.
      await cluster.start(name);
    });
    await world.calm(6);
    await cluster.supervisor.stop(name);
  } finally {
    if (cluster.supervisor.pid(name) !== undefined) await cluster.supervisor.stop(name);
    disk.remove();
  }
  await cluster.start(name);
}

/** A full disk nobody felt proves nothing. */
function proveFull(world: World, felt: (from: number, to: number) => boolean): void {
  const band = world.bands.find(({ what }) => what.endsWith('is full'));
  if (band === undefined || !felt(band.from, band.to)) {
    world.findings.push(...finding('I13', 'the full disk was not felt', [band?.what ?? 'no disk']));
  }
}

export const databaseDiskFull: Scenario = {
  id: 'S16',
  title: "the disk of PostgreSQL's directory is full",
  decisive: ['I1', 'I2', 'I13'],
  // Refused, and told when to come again.
  api: { acceptedShare: 0, p99Ms: 16_000, statuses: [503] },
  needs: whyNoSmallDisk,
  async run(world) {
    await world.calm(4);
    const { postgres } = world.cluster.system.stack.directories;
    await world.fault('PostgreSQL is on a small disk', () => fillDisk(world, 'postgres', postgres, 24));
    proveFull(world, (from, to) =>
      world.load.journal.of('create').some(({ at, status }) => at > from && at < to && status === 503),
    );
    await world.calm(8);
  },
};

export const brokerDiskFull: Scenario = {
  id: 'S16k',
  title: "the disk of Kafka's directory is full",
  decisive: ['I1', 'I2', 'I13', 'I14'],
  // Orders are still accepted, all of them.
  api: { acceptedShare: 1, p99Ms: 5_000, statuses: [] },
  needs: whyNoSmallDisk,
  async run(world) {
    await world.calm(4);
    const topics = join(world.cluster.system.stack.directories.data, 'kafka', 'topics');
    await world.fault('Kafka is on a small disk', () => fillDisk(world, 'kafka', topics, 8));
    proveFull(world, (from, to) =>
      world.sampler.samples.some(({ at, outbox = 0 }) => at > from && at < to + 1_000 && outbox > 100),
    );
    await world.calm(8);
  },
};
