import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { SCHEMA } from '../roles';
import { settings } from './settings';

/** A statement under the name it is prepared with, once for each connection. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

type Run = (statement: Statement, values: unknown[]) => Promise<pg.QueryResult<Record<string, unknown>>>;

/** Plain `pg`: an object mapper would cost the baseline more. */
@Injectable()
export class Database implements OnApplicationShutdown {
  private readonly pool = new pg.Pool({
    connectionString: settings.databaseUrl,
    max: 20,
    options: `-c search_path=${SCHEMA}`,
  });

  /** One statement needs no BEGIN to be a transaction. */
  readonly run: Run = (statement, values) => this.pool.query({ ...statement, values });

  async transaction(work: (run: Run) => Promise<void>): Promise<void> {
    const client = await this.pool.connect();
    try {
      await client.query('BEGIN');
      await work((statement, values) => client.query({ ...statement, values }));
      await client.query('COMMIT');
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    } finally {
      client.release();
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }
}
