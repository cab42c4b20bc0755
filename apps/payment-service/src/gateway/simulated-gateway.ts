import { type MinorUnits, minorUnitsOf } from '@app/events';
import { Overloaded } from '@app/messaging';
import { type Chance, type Ids, sleep, unlessAborted } from '@app/platform';
import { idempotencyKeyOf, type GatewayAnswer } from '../domain/gateway-outcome';
import { type GatewayLedger, type LedgerReply, type LedgerRequest } from './gateway-ledger';
import {
  GatewayUnavailable,
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
import { authorizationOutcome, moneyIn, TEST_METHODS, type FollowUp } from './simulator-rules';

/** How good the simulated gateway is at its job. */
export interface SimulatorBehaviour {
  /** Every call takes so many milliseconds longer. */
  readonly latencyMs: number;
  /** Share of calls that fail with an unknown outcome: half of them before anything is done, half of them after. */
  readonly failureRate: number;
}

/** A payment gateway for development and tests, with books of its own that survive this process. */
export class SimulatedGateway extends PaymentGateway {
  constructor(
    private readonly ledger: GatewayLedger,
    private readonly behaviour: SimulatorBehaviour,
    private readonly ids: Ids,
    private readonly chance: Chance,
  ) {
    super();
  }

  override async onApplicationShutdown(): Promise<void> {
    await this.ledger.close();
  }

  async authorize(request: AuthorizationRequest, signal: AbortSignal): Promise<AuthorizationResult> {
    const { paymentMethod, idempotencyKey, amount, currency } = request;
    if (paymentMethod === TEST_METHODS.timeout) await hang(signal);
    const outcome = authorizationOutcome(paymentMethod);
    const reference = `sim_${this.ids.next()}`;
    const reply = await this.record(
      {
        kind: 'authorize',
        entry: { idempotencyKey, operation: 'authorize', reference, outcome, amount, currency, paymentMethod },
      },
      signal,
    );
    if (reply.isNew && paymentMethod === TEST_METHODS.errorAfterCharge) {
      throw new OutcomeUnknown('the simulated gateway lost its answer');
    }
    return reply.answer as AuthorizationResult;
  }

  async capture(request: FollowUpRequest, signal: AbortSignal): Promise<CaptureResult> {
    return (await this.followUp('capture', request, signal)) as CaptureResult;
  }

  async void(request: FollowUpRequest, signal: AbortSignal): Promise<VoidResult> {
    return (await this.followUp('void', request, signal)) as VoidResult;
  }

  async refund(request: FollowUpRequest, signal: AbortSignal): Promise<RefundResult> {
    return (await this.followUp('refund', request, signal)) as RefundResult;
  }

  async lookup({ idempotencyKey }: LookupRequest, signal: AbortSignal): Promise<GatewayAnswer | undefined> {
    await this.delay(signal);
    return orAbort(this.ledger.find(idempotencyKey), signal);
  }

  async inspect({ reference }: FollowUpRequest, signal: AbortSignal): Promise<Inspection> {
    await this.delay(signal);
    return { kind: 'inspected', ...moneyIn(await orAbort(this.ledger.history(reference), signal)) };
  }

  /** The simulator says of each hint which order it is about. */
  orderOf(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async eventsSince(since: Date, signal: AbortSignal): Promise<readonly PaymentHint[]> {
    return (await orAbort(this.ledger.byOperatorsSince(since), signal)).map(hintOf);
  }

  /**
   * What an operator does in the pages of a real gateway: gives so much of what was collected for an order back, or what is left
   * of it. @returns the hint that tells of it; undefined when there is not so much to give back.
   */
  async refundByHand(orderId: string, amount?: MinorUnits): Promise<PaymentHint | undefined> {
    const hold = await this.ledger.hold(idempotencyKeyOf(orderId, 'authorize'));
    if (hold === undefined) return undefined;
    const { reference, currency } = hold;
    const { captured, returned } = moneyIn(await this.ledger.history(reference));
    const request: FollowUp = {
      operation: 'refund',
      idempotencyKey: `${orderId}:operator:${this.ids.next()}`,
      reference,
      amount: amount ?? minorUnitsOf(captured - returned),
      currency,
      byOperator: true,
    };
    const { answer } = await this.ledger.record({ kind: 'follow_up', request });
    return answer.kind === 'refunded' ? hintOf(request.idempotencyKey) : undefined;
  }

  private async followUp(operation: FollowUp['operation'], request: FollowUpRequest, signal: AbortSignal) {
    const { idempotencyKey, reference, amount, currency } = request;
    const followUp = { operation, idempotencyKey, reference, amount, currency };
    return (await this.record({ kind: 'follow_up', request: followUp }, signal)).answer;
  }

  private async record(request: LedgerRequest, signal: AbortSignal): Promise<LedgerReply> {
    await this.delay(signal);
    const { failureRate } = this.behaviour;
    const luck = this.chance.next();
    if (luck < failureRate / 2) throw new OutcomeUnknown('the simulated gateway failed before it did anything');
    const reply = await orAbort(this.ledger.record(request), signal);
    if (luck < failureRate) throw new OutcomeUnknown('the simulated gateway failed after it did its work');
    return reply;
  }

  private async delay(signal: AbortSignal): Promise<void> {
    if (this.behaviour.latencyMs > 0) await sleep(this.behaviour.latencyMs, signal);
    if (signal.aborted) throw new OutcomeUnknown('no answer in time');
  }
}

function hintOf(eventId: string): PaymentHint {
  const [orderId] = eventId.split(':');
  return { eventId, type: 'simulator.refunded', orderId, reference: undefined, about: 'money_moved' };
}

async function hang(signal: AbortSignal): Promise<never> {
  while (!signal.aborted) await sleep(60_000, signal);
  throw new OutcomeUnknown('no answer in time');
}

/** The work goes on when the caller gives up, as it would at a real gateway. */
async function orAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await unlessAborted(work, signal, () => new OutcomeUnknown('no answer in time'));
  } catch (error) {
    if (error instanceof OutcomeUnknown) throw error;
    if (error instanceof Overloaded) throw new GatewayUnavailable('the simulated gateway is overloaded');
    throw new OutcomeUnknown('the simulated gateway failed', { cause: error });
  }
}
