import { Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { SharedClock } from '@app/platform';

/** A clock of quartz drifts by 0.1 ms in this time; a database whose own clock is set is followed within it. */
const INTERVAL_MS = 5_000;
/** A difference that somebody should know of. */
const NOTABLE_MS = 1_000;

const READ = 'SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS time';

/** Keeps the shared clock at the time of PostgreSQL, the one clock that all replicas of a service can see. */
export class ClockSynchronizer implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Clock');
  private timer: NodeJS.Timeout | undefined;
  private reading = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: SharedClock,
  ) {}

  /** The first reading comes before anything is consumed or served. */
  async onModuleInit(): Promise<void> {
    await this.read();
    this.timer = setInterval(() => void this.read(), INTERVAL_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private async read(): Promise<void> {
    if (this.reading) return;
    this.reading = true;
    const askedAt = performance.now();
    try {
      const [row] = await this.dataSource.query<{ time: number }[]>(READ);
      if (row !== undefined) this.follow(row.time, askedAt);
    } catch {
      // Without a database nothing is leased either; its health indicator tells of it. The clock goes on by itself.
    } finally {
      this.reading = false;
    }
  }

  private follow(time: number, askedAt: number): void {
    const moved = this.clock.follow({ time, askedAt, answeredAt: performance.now() });
    if (Math.abs(moved) < NOTABLE_MS) return;
    const by = `${(Math.abs(moved) / 1000).toFixed(1)} s ${moved > 0 ? 'behind' : 'ahead of'}`;
    this.logger.warn(`Clock was ${by} PostgreSQL and has been corrected; check the time synchronization (NTP)`);
  }
}
