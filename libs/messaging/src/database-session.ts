import { Query, type QueryArrayResult } from 'pg';
import { QueryFailedError, type QueryRunner } from 'typeorm';
import { namedRows } from './named-rows';
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
    return namedRows<Row>(await this.run(text, statementValues(text, parameters), name));
  }

  /**
   * Runs one or more statements that give no rows.
   * @throws QueryFailedError
   */
  async execute(text: string): Promise<void> {
    await this.run(text, []);
  }

  /** @throws Error when a statement had failed and whoever ran it went on: PostgreSQL then rolls back, and says so only here. */
  async commit(): Promise<void> {
    const { command } = await this.run('COMMIT', []);
    if (command !== 'COMMIT') throw new Error('a statement of this transaction had failed: it was rolled back');
  }

  private async run(text: string, values: unknown[], name?: string): Promise<QueryArrayResult> {
    try {
      return await this.submit(text, values, name);
    } catch (error) {
      throw new QueryFailedError(text, values, error as Error);
    }
  }

  private submit(text: string, values: unknown[], name?: string): Promise<QueryArrayResult> {
    return new Promise((resolve, reject) => {
      const statement = { text, values, name, rowMode: 'array' };
      this.client.query(new Query(statement, (error, result) => (error ? reject(error) : resolve(result))));
    });
  }
}
