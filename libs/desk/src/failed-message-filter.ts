import type { DeadLetterReason, FailedMessageStatus } from '@app/messaging';
import type { Look } from '@app/postgres';

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
  return [
    ...equal('consumer_group', service, values),
    ...inStatus(filter, values),
    ...equal('order_id', filter.orderId, values),
    ...others(filter, values),
  ].join(' AND ');
}

/**
 * The filter as a look: an index has the messages of an order, or else those of a status, in the order in which they came, and
 * everything else is tried on one after the other.
 * @param before a position.
 * @param values gets the values of what bounds the look.
 * @param tried gets those of the conditions to be tried; who only asks whether there is more has no use for them.
 */
export function lookFor(
  service: string,
  filter: FailedMessageFilter,
  before: number | undefined,
  values: unknown[],
  tried = values,
): Look {
  const { orderId, status } = filter;
  const look: Look = {
    table: 'failed_messages',
    key: 'position',
    before: before === undefined ? undefined : `$${values.push(before)}::bigint`,
    scope: equal('consumer_group', service, values),
    wanted: [],
  };
  if (orderId !== undefined) {
    const of = { column: 'order_id', value: `$${values.push(orderId)}::uuid` };
    return { ...look, of, wanted: [...inStatus(filter, tried), ...others(filter, tried)] };
  }
  const wanted = others(filter, tried);
  if (status === undefined) return { ...look, scope: [...(look.scope ?? []), UNFINISHED], wanted };
  return { ...look, of: { column: 'status', value: `$${values.push(status)}::text` }, wanted };
}

/** As the partial index has it. */
const UNFINISHED = `status NOT IN ('resolved', 'discarded')`;

function inStatus({ status }: FailedMessageFilter, values: unknown[]): string[] {
  return status === undefined ? [UNFINISHED] : equal('status', status, values);
}

/** Conditions that no index answers. */
function others({ topic, reason, error, since }: FailedMessageFilter, values: unknown[]): string[] {
  const conditions = [...equal('topic', topic, values), ...equal('reason', reason, values)];
  if (error !== undefined) {
    const parameter = `$${values.push(error)}::text`;
    conditions.push(`(error_class = ${parameter} OR strpos(error_message, ${parameter}) > 0)`);
  }
  if (since !== undefined) conditions.push(`coalesce(last_failure_at, created_at) >= $${values.push(since)}`);
  return conditions;
}

function equal(column: string, value: unknown, values: unknown[]): string[] {
  return value === undefined ? [] : [`${column} = $${values.push(value)}`];
}
