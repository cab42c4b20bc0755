import type { Disagreement } from './check.ts';
import type { OpenMessage } from './open-messages.ts';

/**
 * What a person can safely do about a disagreement, as something to type wherever there is such a thing; null when nothing
 * is safe without having understood what happened.
 */
export function mendFor(finding: Omit<Disagreement, 'mend'>, messages: readonly OpenMessage[]): string | null {
  const stuck = messages.find(({ status }) => status === 'dead_lettered' || status === 'quarantined');
  if (stuck !== undefined) {
    const force = stuck.status === 'quarantined' ? ' --force' : '';
    return `./ops failed retry ${stuck.id} --service ${stuck.service}${force}`;
  }
  if (messages.length > 0) return 'a message of the order is being retried; see: ./ops failed list';
  const { orderId, service, check } = finding;
  switch (check) {
    case 'outbox':
      return `${service}’s relay or Kafka is not working; see: ./ops status`;
    case 'overdue-retry':
      return `${service} does not retry; see: ./ops status; if the service is up, restart it`;
    case 'open-order':
      return `./ops status; if nothing moves, cancel it: curl -X POST http://localhost:8001/orders/${orderId ?? ''}/cancel`;
    case 'unknown-payment':
      return `the gateway is asked again automatically; if the outcome stays unknown, look up ${orderId ?? ''}:authorize (:capture, :void, :refund) at the gateway`;
    default:
      return null;
  }
}
