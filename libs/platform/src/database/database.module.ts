import { Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { HealthRegistry } from '../health/health-registry';
import { dataSourceOptions, type DatabaseOptions } from './data-source-options';
import { migrate } from './migrate';
import { PostgresHealthIndicator } from './postgres.health-indicator';

/**
 * The service's PostgreSQL: migrates its schema while the service starts (see `migrate`), then provides TypeORM's
 * `DataSource` and `EntityManager` everywhere and a required health indicator `postgresql`. The pool closes after
 * everything else has shut down.
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
      ],
      exports: [TypeOrmModule],
    };
  }
}
