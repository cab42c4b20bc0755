import { type Cause, OrderCreated, toDecimal } from '@app/events';
import {
  AroundLocks,
  classifyFailure,
  GroupCommit,
  Overloaded,
  RowsLocked,
  type Settled,
  Transactions,
  type UnitOfWork,
} from '@app/messaging';
import { Clock, Ids } from '@app/platform';
import { CommitOutcomeUnknown, sqlState } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import { appendFact, EMPTY_CHAIN, type AuditEntry } from '../domain/audit-trail';
import type { Order, OrderWithLines } from '../domain/order';
import { placeOrder, type OrderRequest } from '../domain/place-order';
import { IdempotencyKeys, type KeyVerdict, type StoredAnswer } from '../persistence/idempotency-keys';
import { OrderRepository } from '../persistence/order.repository';
import { keyInUse, keyMismatch, outcomeUnknown, overloaded } from './order.errors';
import { PlaceOrderOptions } from './place-order.options';

/** Most orders of one transaction. */
const MAX_GROUP = 200;
/** Transactions at a time. */
const CONCURRENCY = 2;
/** How long a busy service lets requests gather between two of them. */
const GATHER_MS = 15;
/** An order that has waited so long is refused, so that nobody is served whose client has given up. */
const MAX_WAIT_MS = 5_000;

/** A request to place an order. */
export interface PlaceOrderCommand {
  readonly request: OrderRequest;
  readonly idempotencyKey?: string;
  readonly cause: Cause;
  /** Makes the answer, which is stored with the key: a repeated request gets the same bytes. */
  readonly answer: (placed: OrderWithLines) => StoredAnswer;
}

/** The answer; `replayed` when it is that of an earlier request with the same key. */
export interface PlacedOrder {
  readonly replayed: boolean;
  readonly answer: StoredAnswer;
}

interface Placing extends Omit<PlaceOrderCommand, 'answer'> {
  readonly order: Order;
  readonly answer: StoredAnswer;
}

type Outcomes = Map<Placing, Settled<PlacedOrder>>;

/**
 * Places orders. Requests that arrive together share one transaction; each is still accepted or refused for itself, and
 * when one of them makes the shared transaction fail, it is cut up until that one stands alone. One whose key somebody else is
 * writing at the moment is refused, and the others do not wait for it.
 */
@Injectable()
export class PlaceOrder {
  private readonly group: GroupCommit<Placing, PlacedOrder>;
  private readonly locks: AroundLocks;

  constructor(
    private readonly options: PlaceOrderOptions,
    private readonly transactions: Transactions,
    private readonly orders: OrderRepository,
    private readonly keys: IdempotencyKeys,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {
    this.locks = new AroundLocks(transactions);
    this.group = new GroupCommit((placings) => this.placeTogether(placings), {
      maxGroup: MAX_GROUP,
      maxWaiting: options.maxWaiting,
      maxWaitMs: MAX_WAIT_MS,
      concurrency: CONCURRENCY,
      linger: { idleMs: 0, busyMs: GATHER_MS },
    });
  }

  /**
   * Resolves when the order, its event and its idempotency key are committed.
   * @throws OrderTotalTooLarge, or DomainError: the key belongs to another request (unprocessable) or is in use right now
   * (conflict), too many orders are waiting, or nobody can tell whether the order was stored (unavailable).
   */
  async execute(command: PlaceOrderCommand): Promise<PlacedOrder> {
    const identity = { orderId: this.ids.next(), correlationId: command.cause.correlationId };
    const order = placeOrder(command.request, identity, this.clock.now(), this.options.deadlineMs);
    const answer = command.answer({ order, lines: command.request.lines });
    return this.group.submit({ ...command, order, answer }).catch((error: unknown) => {
      if (error instanceof Overloaded) throw overloaded();
      throw error instanceof CommitOutcomeUnknown ? outcomeUnknown(order.orderId, error) : error;
    });
  }

  /** Never rejects: what was stored for some must not be reported as failed because others could not be. */
  private async placeTogether(placings: readonly Placing[]): Promise<Settled<PlacedOrder>[]> {
    const outcomes: Outcomes = new Map();
    await this.placeInto(outcomes, placings);
    return placings.map((placing) => outcomes.get(placing) ?? { status: 'rejected', reason: keyInUse() });
  }

  private async placeInto(outcomes: Outcomes, placings: readonly Placing[]): Promise<void> {
    try {
      const heldUp = await this.locks.run(
        placings,
        ({ order }) => order.orderId,
        (unitOfWork, free) => this.placeFree(outcomes, unitOfWork, free),
      );
      heldUp.forEach((placing) => outcomes.set(placing, { status: 'rejected', reason: lockedOut(placing) }));
    } catch (error) {
      const left = placings.filter((placing) => !outcomes.has(placing));
      if (error instanceof CommitOutcomeUnknown) {
        const found = await this.findOut(left, error);
        left.forEach((placing, index) => outcomes.set(placing, found[index] ?? { status: 'rejected', reason: error }));
        return;
      }
      // An outage is nobody's fault.
      if (left.length === 1 || classifyFailure(error) !== 'permanent') {
        left.forEach((placing) => outcomes.set(placing, { status: 'rejected', reason: error }));
        return;
      }
      const half = Math.ceil(left.length / 2);
      await this.placeInto(outcomes, left.slice(0, half));
      await this.placeInto(outcomes, left.slice(half));
    }
  }

  private async placeFree(outcomes: Outcomes, unitOfWork: UnitOfWork, placings: readonly Placing[]): Promise<void> {
    if (placings.length === 0) return;
    const placed = await this.place(unitOfWork, placings);
    unitOfWork.afterCommit(() =>
      placed.forEach((outcome, index) => {
        const placing = placings[index];
        if (placing !== undefined) outcomes.set(placing, outcome);
      }),
    );
  }

  /**
   * COMMIT was not answered. The ids tell what became of it: they are stored, or they can be stored now. Storing them waits for a
   * transaction that is still under way, and is refused if that commits in the end; then they are there to be found.
   */
  private async findOut(
    placings: readonly Placing[],
    unknown: CommitOutcomeUnknown,
    mayCommitYet = true,
  ): Promise<Settled<PlacedOrder>[]> {
    try {
      return await this.transactions.run(async (unitOfWork) => {
        const ids = placings.map(({ order }) => order.orderId);
        const stored = await this.orders.stored(unitOfWork, ids);
        const missing = placings.filter(({ order }) => !stored.has(order.orderId));
        const placed = missing.length === 0 ? [] : await this.place(unitOfWork, missing);
        const outcomes = new Map(missing.map((placing, index) => [placing, placed[index]]));
        return placings.map((placing) => outcomes.get(placing) ?? outcomeOf(placings, placing, { kind: 'new' }));
      });
    } catch (error) {
      if (mayCommitYet && sqlState(error) === '23505') return this.findOut(placings, unknown, false);
      return placings.map(() => ({ status: 'rejected', reason: unknown }));
    }
  }

  private async place(unitOfWork: UnitOfWork, placings: readonly Placing[]): Promise<Settled<PlacedOrder>[]> {
    const verdicts = await this.keys.claim(
      unitOfWork,
      placings.map(({ idempotencyKey, request }) => ({ key: idempotencyKey, content: request })),
    );
    const accepted = placings.filter((_, index) => verdicts[index]?.kind === 'new');
    if (accepted.length > 0) await this.store(unitOfWork, accepted);
    return placings.map((placing, index) => outcomeOf(placings, placing, verdicts[index] ?? { kind: 'in_use' }));
  }

  private async store(unitOfWork: UnitOfWork, placings: readonly Placing[]): Promise<void> {
    await this.orders.insert(
      unitOfWork,
      placings.map(({ order, request }) => ({ order, lines: request.lines, entry: firstEntry(order) })),
    );
    const keyed = placings.flatMap(({ idempotencyKey, request, order, answer }) =>
      idempotencyKey === undefined
        ? []
        : [{ key: idempotencyKey, content: request, orderId: order.orderId, answer, at: order.createdAt }],
    );
    await this.keys.store(unitOfWork, keyed);
    for (const placing of placings) announceCreated(unitOfWork, placing);
  }
}

function firstEntry(order: Order): AuditEntry {
  return appendFact(EMPTY_CHAIN, {
    orderId: order.orderId,
    event: 'order_created',
    from: null,
    to: order.status,
    reason: null,
    actor: 'customer',
    causeEventId: null,
    correlationId: order.correlationId,
    occurredAt: order.createdAt,
  });
}

function announceCreated(unitOfWork: UnitOfWork, { order, request, cause }: Placing): void {
  unitOfWork.publish(OrderCreated, {
    orderId: order.orderId,
    cause,
    payload: {
      user_id: order.userId,
      payment_method: order.paymentMethod,
      currency: order.currency,
      total_amount: toDecimal(order.total),
      items: request.lines.map((line) => ({
        product_id: line.productId,
        product_name: line.productName,
        quantity: line.quantity,
        price: toDecimal(line.price),
      })),
    },
  });
}

/** Only an order with a key needs something that others may have. */
function lockedOut({ idempotencyKey, order }: Placing): Error {
  return idempotencyKey === undefined ? new RowsLocked([order.orderId]) : keyInUse();
}

function outcomeOf(placings: readonly Placing[], { answer }: Placing, verdict: KeyVerdict): Settled<PlacedOrder> {
  switch (verdict.kind) {
    case 'new':
      return { status: 'fulfilled', value: { replayed: false, answer } };
    case 'replay':
      return { status: 'fulfilled', value: { replayed: true, answer: verdict.answer } };
    case 'same_as':
      return { status: 'fulfilled', value: { replayed: true, answer: placings[verdict.index]?.answer ?? answer } };
    case 'mismatch':
      return { status: 'rejected', reason: keyMismatch() };
    case 'in_use':
      return { status: 'rejected', reason: keyInUse() };
  }
}
