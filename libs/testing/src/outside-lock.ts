import { Client } from 'pg';

/**
 * Another session that runs a statement in a transaction which stays open: what it has locked, or inserted without anybody seeing
 * it, is in the way of everybody else. @returns what ends it, by a rollback; may be called twice.
 */
export async function lockOutside(
  adminUrl: string,
  schema: string,
  statement: string,
  parameters: readonly unknown[] = [],
): Promise<() => Promise<void>> {
  const client = new Client({ connectionString: adminUrl, options: `-c search_path=${schema}` });
  await client.connect();
  await client.query('BEGIN');
  await client.query(statement, [...parameters]);
  let ended: Promise<void> | undefined;
  return () => (ended ??= client.end());
}
