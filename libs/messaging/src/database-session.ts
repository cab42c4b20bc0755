import { QueryFailedError, type QueryRunner } from 'typeorm';
import { arrayLiteral } from './array-literal';

/** The part of pg's client that is used beside TypeORM, which can not name a statement. */
interface Client {
  query(statement: { name?: string; text: string; values: unknown[] }): Promise<{ rows: unknown[]; command: string }>;
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
    const { rows } = await this.run({ ...(name !== undefined && { name }), text, values: parameters.map(toValue) });
    return rows as Row[];
  }

  /** @throws Error when a statement had failed and whoever ran it went on: PostgreSQL then rolls back, and says so only here. */
  async commit(): Promise<void> {
    const { command } = await this.run({ text: 'COMMIT', values: [] });
    if (command !== 'COMMIT') throw new Error('a statement of this transaction had failed: it was rolled back');
  }

  private async run(statement: { name?: string; text: string; values: unknown[] }) {
    try {
      return await this.client.query(statement);
    } catch (error) {
      throw new QueryFailedError(statement.text, statement.values, error as Error);
    }
  }
}

function toValue(parameter: unknown): unknown {
  return Array.isArray(parameter) ? (arrayLiteral(parameter) ?? parameter) : parameter;
}
