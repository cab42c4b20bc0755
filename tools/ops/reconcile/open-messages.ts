import type { Client } from 'pg';
import { roleOf, serviceNames, type ServiceName } from '../../stack/service-names.ts';

/** A message about an order that a service has put aside and not done with. */
export interface OpenMessage {
  readonly service: ServiceName;
  readonly id: string;
  readonly status: string;
  readonly topic: string;
}

const OPEN = serviceNames
  .map(
    (service) => `
      SELECT '${service}' AS service, id::text, status, topic, order_id FROM ${roleOf(service)}.failed_messages
      WHERE order_id = ANY ($1::uuid[]) AND status NOT IN ('resolved', 'discarded')`,
  )
  .join(' UNION ALL ');

/** By order id. */
export async function openMessagesOf(client: Client, orderIds: readonly string[]): Promise<Map<string, OpenMessage[]>> {
  if (orderIds.length === 0) return new Map();
  const { rows } = await client.query<OpenMessage & { order_id: string }>(OPEN, [orderIds]);
  return Map.groupBy(rows, (row) => row.order_id);
}
