import { isWorthAnotherSession } from '../connection/on-session';
import { retireSession } from '../connection/guarded-client';
import { isAnswer, isSessionUnusable } from '../database-errors';
import { Query, type QueryArrayResult } from 'pg';
import { QueryFailedError, type DataSource, type QueryRunner } from 'typeorm';
import { namedRows } from './named-rows';
import { statementValues } from './statement-values';

/** The part of pg's client that is used beside TypeORM, which cannot name a statement. */
interface Client {
  query(query: Query): void;
}

/**
 * The answer to COMMIT did not arrive: what was to be committed may be there or not, and the server may even be at it still.
 * The `cause` is why; it says that PostgreSQL was unavailable.
 */
export class CommitOutcomeUnknown extends Error {
  override readonly name = 'CommitOutcomeUnknown';

  constructor(cause: unknown) {
    super('the connection was lost before COMMIT was answered', { cause });
  }
}

/** One connection of TypeORM's pool, without what TypeORM does around a statement. Its errors are TypeORM's. */
export class DatabaseSession {
  private constructor(
    private readonly runner: QueryRunner,
    private readonly client: Client,
  ) {}

  /** Takes a connection from the pool. */
  static async of(dataSource: DataSource): Promise<DatabaseSession> {
    const runner = dataSource.createQueryRunner();
    return new DatabaseSession(runner, (await runner.connect()) as Client);
  }

  /** Whether a transaction that failed with `error` is to be run again on another session; `begun` by `performance.now()`. */
  mayRunElsewhere(error: unknown, begun: number): boolean {
    return !(error instanceof CommitOutcomeUnknown) && isWorthAnotherSession(error, this.client, begun);
  }

  /** Gives the connection back. The pool closes it instead when it is of no use any more. */
  async release(): Promise<void> {
    await this.runner.release();
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

  /**
   * @throws CommitOutcomeUnknown when there is no telling whether it is committed.
   * @throws Error when a statement had failed and whoever ran it went on: PostgreSQL then rolls back, and says so only here.
   */
  async commit(): Promise<void> {
    const { command } = await this.run('COMMIT', []).catch((error: unknown) => {
      throw isAnswer(error) ? error : new CommitOutcomeUnknown(error);
    });
    if (command !== 'COMMIT') throw new Error('a statement of this transaction had failed: it was rolled back');
  }

  /**
   * Ends a transaction that failed with `error`; never rejects. Where ROLLBACK is not possible, or the session of no use any more,
   * the connection is closed when it is released, and PostgreSQL rolls back by itself.
   */
  async rollBack(error: unknown): Promise<void> {
    if (isSessionUnusable(error)) retireSession(this.client);
    else await this.execute('ROLLBACK').catch(() => retireSession(this.client));
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
