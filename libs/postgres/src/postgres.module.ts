import { Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { SharedClock, translateErrorsBy } from '@app/platform';
import { ClockSynchronizer } from './connection/clock-synchronizer';
import { dataSourceOptions, type DatabaseOptions } from './connection/data-source-options';
import { databaseProblem } from './database-problem';
import { migrate } from './migrate';
import { PoolMetrics } from './connection/pool-metrics';
import { PostgresHealthIndicator } from './connection/postgres.health-indicator';

/**
 * The service's PostgreSQL: migrates its schema while the service starts (see `migrate`), then provides TypeORM's
 * `DataSource` and `EntityManager` everywhere and a required health indicator `postgresql`, keeps `Clock` at the time of
 * PostgreSQL, and says to callers when a request failed for want of it. The pool closes after everything else has shut down.
 */
@Module({})
export class PostgresModule {
  static forRoot(options: DatabaseOptions): DynamicModule {
    translateErrorsBy(databaseProblem);
    return {
      module: PostgresModule,
      imports: [
        TypeOrmModule.forRootAsync({
          useFactory: () => ({ ...dataSourceOptions(options), toRetry: () => false }),
          dataSourceFactory: async (prepared?: DataSourceOptions) => {
            await migrate(options);
            return new DataSource(prepared ?? dataSourceOptions(options));
          },
        }),
      ],
      providers: [
        { provide: PostgresHealthIndicator, useFactory: () => new PostgresHealthIndicator(options) },
        PoolMetrics,
        {
          provide: ClockSynchronizer,
          useFactory: (dataSource: DataSource, clock: SharedClock) => new ClockSynchronizer(dataSource, clock),
          inject: [DataSource, SharedClock],
        },
      ],
      exports: [TypeOrmModule],
    };
  }
}
