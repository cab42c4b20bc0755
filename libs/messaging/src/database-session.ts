import { Query, type QueryResult } from 'pg';
import { QueryFailedError, type QueryRunner } from 'typeorm';
import { statementValues } from './statement-values';

/** The part of pg's client that is used beside TypeORM, which can not name a statement. */
interface Client {
  query(query: Query): void;
}

/** One connection of TypeORM's pool, without what TypeORM does around a statement. Its errors are TypeORM's. */
export class DatabaseSession {
  private constructor(private readonly client: Client) {}

  static async of(runner: QueryRunner): Promise<DatabaseSession> {
    return new DatabaseSession((await runner.connect()) as Client);
  }

  /**
   * Runs one statement and gives its rows; prepares it under `name`, if there is one.
   * @throws QueryFailedError
   */
  async query<Row>(text: string, parameters: readonly unknown[] = [], name?: string): Promise<Row[]> {
    const { rows } = await this.run(text, statementValues(text, parameters), name);
    return rows as Row[];
  }

  /** @throws Error when a statement had failed and whoever ran it went on: PostgreSQL then rolls back, and says so only here. */
  async commit(): Promise<void> {
    const { command } = await this.run('COMMIT', []);
    if (command !== 'COMMIT') throw new Error('a statement of this transaction had failed: it was rolled back');
  }

  private async run(text: string, values: unknown[], name?: string): Promise<Pick<QueryResult, 'rows' | 'command'>> {
    try {
      return await this.submit(text, values, name);
    } catch (error) {
      throw new QueryFailedError(text, values, error as Error);
    }
  }

  /** With a query of pg's own: an object that describes one is copied, property by property, descriptors and all. */
  private submit(text: string, values: unknown[], name?: string): Promise<Pick<QueryResult, 'rows' | 'command'>> {
    return new Promise((resolve, reject) => {
      const query = new Query(text, values, (error, result) => (error ? reject(error) : resolve(result)));
      this.client.query(Object.assign(query, { name }));
    });
  }
}
