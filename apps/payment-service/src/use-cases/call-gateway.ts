import { Injectable, Logger } from '@nestjs/common';
import type { GatewayOutcome } from '../domain/gateway-outcome';
import type { GatewayCall } from '../domain/payment';
import {
  GatewayNotAsked,
  GatewayUnavailable,
  PaymentGateway,
  RequestRefused,
  type FollowUpRequest,
} from '../gateway/payment-gateway';

/** Makes one attempt at what is due at the gateway. */
@Injectable()
export class CallGateway {
  private readonly logger = new Logger(CallGateway.name);

  constructor(private readonly gateway: PaymentGateway) {}

  /** Rejects when the gateway's word could not be had; {@link failed} says what that means. */
  async perform(call: GatewayCall, signal: AbortSignal): Promise<GatewayOutcome> {
    if (call.manner === 'send') return this.send(call, signal);
    const answer = await this.ask(call, signal);
    if (answer !== undefined) return answer;
    return call.manner === 'only_ask' ? { kind: 'nothing_found' } : this.send(call, signal);
  }

  /** What it means that {@link perform} rejected. */
  failed({ orderId, operation }: GatewayCall, error: unknown): GatewayOutcome {
    this.logger.debug(`Gateway call ${operation} failed: ${String(error)}`, { orderId });
    if (error instanceof GatewayNotAsked) return { kind: 'not_asked' };
    // Nothing is done by reading.
    if (operation === 'inspect') return { kind: 'unavailable' };
    const isUndone = error instanceof GatewayUnavailable || error instanceof RequestRefused;
    return { kind: isUndone ? 'unavailable' : 'outcome_unknown' };
  }

  private ask({ idempotencyKey, operation, orderId, reference }: GatewayCall, signal: AbortSignal) {
    return onlyReading(this.gateway.lookup({ idempotencyKey, operation, orderId, reference }, signal));
  }

  private async send(call: GatewayCall, signal: AbortSignal): Promise<GatewayOutcome> {
    switch (call.operation) {
      case 'authorize':
        return this.gateway.authorize(call, signal);
      case 'capture':
        return this.gateway.capture(followUpOf(call), signal);
      case 'void':
        return this.reportRefusal(call, await this.gateway.void(followUpOf(call), signal));
      case 'refund':
        return this.reportRefusal(call, await this.gateway.refund(followUpOf(call), signal));
      case 'inspect':
        return onlyReading(this.gateway.inspect(followUpOf(call), signal));
    }
  }

  private reportRefusal<Outcome extends GatewayOutcome>(call: GatewayCall, outcome: Outcome): Outcome {
    if (outcome.kind === 'refused') {
      this.logger.error(`Gateway refused to ${call.operation}; manual action required`, {
        orderId: call.orderId,
        idempotencyKey: call.idempotencyKey,
      });
    }
    return outcome;
  }
}

/** A look-up that fails changes nothing at the gateway, whatever the reason. */
async function onlyReading<Answer>(reading: Promise<Answer>): Promise<Answer> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof GatewayNotAsked) throw error;
    throw new GatewayUnavailable('the look-up failed', { cause: error });
  }
}

function followUpOf({ idempotencyKey, reference, amount, currency, orderId }: GatewayCall): FollowUpRequest {
  if (reference === null) throw new TypeError(`nothing is held for order ${orderId}`);
  return { idempotencyKey, reference, amount, currency };
}
