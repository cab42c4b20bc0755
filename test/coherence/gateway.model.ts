import { minorUnitsOf } from '@app/events';
import type { GatewayAnswer, GatewayOutcome } from '../../apps/payment-service/src/domain/gateway-outcome';
import type { GatewayCall } from '../../apps/payment-service/src/domain/payment';

/** What a gateway does with one order's card. */
export type Card = 'good' | 'declined' | 'can_not_be_captured';

/** How a call goes: the gateway's work and its answer can each be lost. */
export type Line = 'fine' | 'lost_before' | 'lost_after' | 'down';

/** What the order costs. */
export const TOTAL = 2_000;

/** A payment gateway with its own books: one answer per idempotency key, whatever is repeated. */
export class GatewayModel {
  private readonly answers = new Map<string, GatewayAnswer>();
  held = false;
  captures = 0;
  /** Given back of what was captured, by whomever; whole cents. */
  returned = 0;

  constructor(private readonly card: Card) {}

  /** Somebody gives so much back in the gateway's own pages, or what is left. @returns whether there was anything to give. */
  refundByHand(amount: number): boolean {
    const left = this.captures * TOTAL - this.returned;
    this.returned += Math.min(left, amount);
    return left > 0;
  }

  /** One call over a line that may fail. */
  take(call: GatewayCall, line: Line): GatewayOutcome {
    if (line === 'down') return { kind: 'unavailable' };
    if (line === 'lost_before' && call.operation === 'inspect') return { kind: 'unavailable' };
    if (line === 'lost_before') return { kind: 'outcome_unknown' };
    if (call.operation === 'inspect') return line === 'lost_after' ? { kind: 'unavailable' } : this.inspect();
    const known = this.answers.get(call.idempotencyKey);
    const answer = known ?? (call.manner === 'only_ask' ? { kind: 'nothing_found' as const } : this.do(call));
    return line === 'lost_after' ? { kind: 'outcome_unknown' } : answer;
  }

  private inspect(): GatewayAnswer {
    const money = { captured: minorUnitsOf(this.captures * TOTAL), returned: minorUnitsOf(this.returned) };
    return { kind: 'inspected', ...money, dispute: null, refundReference: null };
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
        this.returned = this.captures * TOTAL;
        return { kind: 'refunded', reference: `refund-${orderId}` };
      case 'inspect':
        return this.inspect();
    }
  }
}
