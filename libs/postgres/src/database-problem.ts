import { unavailable, type Problem } from '@app/platform';
import { isDatabaseTimeout, isDatabaseUnavailable, isSerializationFailure } from './database-errors';

/** What a caller is told about an error of PostgreSQL: an outage or a time-out is worth a try after two seconds, a transaction that lost a race after one; both are a 503. */
export function databaseProblem(error: unknown): Problem | undefined {
  if (isDatabaseUnavailable(error) || isDatabaseTimeout(error)) return unavailable(2);
  return isSerializationFailure(error) ? unavailable(1) : undefined;
}
