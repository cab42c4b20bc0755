import { Client } from 'pg';
import { OpsError } from './exit-code.ts';

/** A connection for the time of some work. @throws OpsError when PostgreSQL does not answer */
export async function withDatabase<Result>(url: string, work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({
    connectionString: url,
    application_name: 'ops',
    connectionTimeoutMillis: 5_000,
    query_timeout: 60_000,
  });
  client.on('error', () => undefined); // the query that is running reports it
  try {
    await client.connect();
  } catch (error) {
    throw unreachable(error);
  }
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Says in one sentence what to look at. */
export function unreachable(error: unknown): OpsError {
  const why = error instanceof Error && error.message !== '' ? error.message : 'no connection';
  return new OpsError(`PostgreSQL is unavailable (${why}); is the system running? Check OPS_DATABASE_URL`);
}
