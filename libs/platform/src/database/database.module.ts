import { Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { SharedClock } from '../clock';
import { HealthRegistry } from '../health/health-registry';
import { ClockSynchronizer } from './clock-synchronizer';
import { dataSourceOptions, type DatabaseOptions } from './data-source-options';
import { migrate } from './migrate';
import { PostgresHealthIndicator } from './postgres.health-indicator';

/**
 * The service's PostgreSQL: migrates its schema while the service starts (see `migrate`), then provides TypeORM's
 * `DataSource` and `EntityManager` everywhere and a required health indicator `postgresql`, and keeps `Clock` at the time of
 * PostgreSQL. The pool closes after everything else has shut down.
 */
@Module({})
export class PlatformDatabaseModule {
  static forRoot(options: DatabaseOptions): DynamicModule {
    return {
      module: PlatformDatabaseModule,
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
        {
          provide: PostgresHealthIndicator,
          useFactory: (registry: HealthRegistry) => new PostgresHealthIndicator(options, registry),
          inject: [HealthRegistry],
        },
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
