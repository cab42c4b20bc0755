import { CallNotAnswered, CallNotMade, type CircuitBreaker } from '@app/platform';
import type { GatewayAnswer } from '../domain/gateway-outcome';
import {
  GatewayNotAsked,
  OutcomeUnknown,
  PaymentGateway,
  type AuthorizationRequest,
  type AuthorizationResult,
  type CaptureResult,
  type FollowUpRequest,
  type Inspection,
  type LookupRequest,
  type PaymentHint,
  type RefundResult,
  type VoidResult,
} from './payment-gateway';

/**
 * A payment gateway behind a circuit breaker: while the gateway does not work it is not called, except for a probe now and
 * then, and every method rejects with {@link GatewayNotAsked}. A declined card is an answer, and so is the refusal of one request
 * (`saysUnwell`, which the breaker is to be made with): neither is a failure.
 */
export class GuardedGateway extends PaymentGateway {
  constructor(
    private readonly gateway: PaymentGateway,
    private readonly breaker: CircuitBreaker,
  ) {
    super();
  }

  override onApplicationShutdown(): Promise<void> {
    return this.gateway.onApplicationShutdown();
  }

  override capacity(wanted: number): number {
    return this.breaker.capacity(wanted);
  }

  authorize(request: AuthorizationRequest, signal: AbortSignal): Promise<AuthorizationResult> {
    return this.guarded((inner) => this.gateway.authorize(request, inner), signal);
  }

  capture(request: FollowUpRequest, signal: AbortSignal): Promise<CaptureResult> {
    return this.guarded((inner) => this.gateway.capture(request, inner), signal);
  }

  void(request: FollowUpRequest, signal: AbortSignal): Promise<VoidResult> {
    return this.guarded((inner) => this.gateway.void(request, inner), signal);
  }

  refund(request: FollowUpRequest, signal: AbortSignal): Promise<RefundResult> {
    return this.guarded((inner) => this.gateway.refund(request, inner), signal);
  }

  lookup(request: LookupRequest, signal: AbortSignal): Promise<GatewayAnswer | undefined> {
    return this.guarded((inner) => this.gateway.lookup(request, inner), signal);
  }

  inspect(request: FollowUpRequest, signal: AbortSignal): Promise<Inspection> {
    return this.guarded((inner) => this.gateway.inspect(request, inner), signal);
  }

  orderOf(reference: string, signal: AbortSignal): Promise<string | undefined> {
    return this.guarded((inner) => this.gateway.orderOf(reference, inner), signal);
  }

  eventsSince(since: Date, signal: AbortSignal): Promise<readonly PaymentHint[]> {
    return this.guarded((inner) => this.gateway.eventsSince(since, inner), signal);
  }

  private async guarded<T>(call: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    try {
      return await this.breaker.run(call, signal);
    } catch (error) {
      if (error instanceof CallNotMade) throw new GatewayNotAsked(error.message, { cause: error });
      if (error instanceof CallNotAnswered) throw new OutcomeUnknown(error.message, { cause: error });
      throw error;
    }
  }
}
