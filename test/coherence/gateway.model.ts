import type { GatewayAnswer, GatewayOutcome } from '../../apps/payment-service/src/domain/gateway-outcome';
import type { GatewayCall } from '../../apps/payment-service/src/domain/payment';

/** What a gateway does with one order's card. */
export type Card = 'good' | 'declined' | 'can_not_be_captured';

/** How a call goes: the gateway's work and its answer can each be lost. */
export type Line = 'fine' | 'lost_before' | 'lost_after' | 'down';

/** A payment gateway with its own books: one answer per idempotency key, whatever is repeated. */
export class GatewayModel {
  private readonly answers = new Map<string, GatewayAnswer>();
  held = false;
  captures = 0;
  refunds = 0;

  constructor(private readonly card: Card) {}

  /** One call over a line that may fail. */
  take(call: GatewayCall, line: Line): GatewayOutcome {
    if (line === 'down') return { kind: 'unavailable' };
    if (line === 'lost_before') return { kind: 'outcome_unknown' };
    const known = this.answers.get(call.idempotencyKey);
    const answer = known ?? (call.manner === 'only_ask' ? { kind: 'nothing_found' as const } : this.do(call));
    return line === 'lost_after' ? { kind: 'outcome_unknown' } : answer;
  }

  private do(call: GatewayCall): GatewayAnswer {
    const answer = this.decide(call);
    this.answers.set(call.idempotencyKey, answer);
    return answer;
  }

  private decide({ operation, orderId }: GatewayCall): GatewayAnswer {
    switch (operation) {
      case 'authorize':
        if (this.card === 'declined') return { kind: 'declined', reason: 'declined' };
        this.held = true;
        return { kind: 'authorized', reference: `hold-${orderId}` };
      case 'capture':
        if (!this.held || this.card === 'can_not_be_captured') return { kind: 'capture_refused' };
        this.held = false;
        this.captures += 1;
        return { kind: 'captured' };
      case 'void':
        if (this.captures > 0) return { kind: 'already_captured' };
        this.held = false;
        return { kind: 'voided' };
      case 'refund':
        this.refunds += 1;
        return { kind: 'refunded', reference: `refund-${orderId}` };
    }
  }
}
