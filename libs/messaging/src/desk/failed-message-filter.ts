import type { DeadLetterReason, FailedMessageStatus } from '../failed-message';

/** Which failed messages are meant. Without a status: all that are unfinished. */
export interface FailedMessageFilter {
  readonly status?: FailedMessageStatus | undefined;
  readonly topic?: string | undefined;
  readonly reason?: DeadLetterReason | undefined;
  /** The class of the error, or a part of its message. */
  readonly error?: string | undefined;
  /** The last failure, or for what never failed its arrival, is not older. */
  readonly since?: Date | undefined;
  readonly orderId?: string | undefined;
}

/** The filter as an SQL condition on `failed_messages`; pushes its values on the list of parameters. */
export function sqlCondition(service: string, filter: FailedMessageFilter, values: unknown[]): string {
  const equal = (column: string, value: unknown) => (value === undefined ? [] : [`${column} = $${values.push(value)}`]);
  const conditions = [
    ...equal('consumer_group', service),
    ...(filter.status === undefined ? [`status NOT IN ('resolved', 'discarded')`] : equal('status', filter.status)),
    ...equal('topic', filter.topic),
    ...equal('reason', filter.reason),
    ...equal('order_id', filter.orderId),
  ];
  if (filter.error !== undefined) {
    const error = `$${values.push(filter.error)}::text`;
    conditions.push(`(error_class = ${error} OR strpos(error_message, ${error}) > 0)`);
  }
  if (filter.since !== undefined)
    conditions.push(`coalesce(last_failure_at, created_at) >= $${values.push(filter.since)}`);
  return conditions.join(' AND ');
}
