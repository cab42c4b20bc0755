import { lockedAmong, type UnitOfWork } from '@app/messaging';
import { columnsOf, rowSet, type RowSet, selectList } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import { PAYMENT_STAGES, isUnwanted } from '../domain/payment-stage';
import type { Payment } from '../domain/payment';
import { fromRow, PAYMENT_PROPERTIES, toRow, type PaymentRow } from './payment-row';
import { PaymentEntity } from './payment.entity';

type Property = keyof PaymentRow;

/** What never changes once the row is there. */
const FIXED: readonly Property[] = ['paymentId', 'orderId', 'userId', 'amount', 'currency', 'createdAt'];
/** What has no value yet when a row is new, and is left to the defaults of the table. */
const LATER: readonly Property[] = [
  'capturedAmount',
  'refundedAmount',
  'failureReason',
  'gatewayReference',
  'refundReference',
  'dispute',
  'heard',
  'adjustments',
];
/** What hardly ever changes is left alone: what an order says of itself, and what somebody else did at the gateway. */
const RARELY_CHANGED: readonly Property[] = ['paymentMethod', 'items', 'dispute', 'heard', 'adjustments'];
const CHANGEABLE = PAYMENT_PROPERTIES.filter((property) => !FIXED.includes(property));
const USUALLY_CHANGED = CHANGEABLE.filter((property) => !RARELY_CHANGED.includes(property));

const NEW = rowSet(columnsOf(PaymentEntity, ...PAYMENT_PROPERTIES.filter((property) => !LATER.includes(property))));
const CHANGED = rowSet(columnsOf(PaymentEntity, 'orderId', ...USUALLY_CHANGED));
const CHANGED_COMPLETELY = rowSet(columnsOf(PaymentEntity, 'orderId', ...CHANGEABLE));

const COLUMNS = selectList(PaymentEntity, ...PAYMENT_PROPERTIES);

const LOCK = `SELECT ${COLUMNS} FROM payments WHERE order_id = ANY ($1::uuid[]) ORDER BY order_id FOR UPDATE`;

const LOCKED = lockedAmong('payments', 'order_id');

const INSERT = `
  INSERT INTO payments (${NEW.columns()}, look_at)
  SELECT ${NEW.columns()}, due_at FROM ${NEW.unnest('fresh')} ORDER BY order_id
  ON CONFLICT (order_id) DO NOTHING
  RETURNING order_id`;

/*
 * When the sweep looks at a payment: not later than something is due. It is not moved as long as that holds, nor taken away
 * from a payment that soon has the next operation, because each change of it is an entry in every index of the table. The sweep
 * moves what it finds too early.
 */
const LOOK_AT = `
      CASE WHEN changed.due_at IS NOT NULL THEN least(payments.look_at, changed.due_at)
        WHEN changed.stage = 'authorized' THEN payments.look_at END`;

const UPDATE = update(CHANGED, USUALLY_CHANGED);
const UPDATE_COMPLETELY = update(CHANGED_COMPLETELY, CHANGEABLE);

const LOOK = `
  SELECT payment_id, coalesce(due_at <= $1::timestamptz, false) AS due FROM payments
  WHERE look_at <= $1::timestamptz ORDER BY look_at LIMIT $2 FOR UPDATE SKIP LOCKED`;

const LOOK_LATER = 'UPDATE payments SET look_at = due_at WHERE payment_id = ANY ($1::uuid[])';

const LEASE = `
  UPDATE payments
  SET due_at = $3::timestamptz, look_at = $3::timestamptz,
      sent_at = CASE WHEN stage = ANY ($4::text[]) THEN sent_at ELSE $2::timestamptz END
  WHERE payment_id = ANY ($1::uuid[])
  RETURNING ${COLUMNS}`;

/** The table of payments, for whole batches at a time. */
@Injectable()
export class PaymentRepository {
  /** Locks the payments of these orders, always in the same order, and gives those that exist, by order id. */
  async lock(unitOfWork: UnitOfWork, orderIds: readonly string[]): Promise<Map<string, Payment>> {
    if (orderIds.length === 0) return new Map();
    await unitOfWork.expectFree(LOCKED, orderIds);
    const rows = await unitOfWork.query<PaymentRow>(LOCK, [orderIds]);
    return new Map(rows.map((row) => [row.orderId, fromRow(row)]));
  }

  /** Stores new payments. @returns the orders whose payment was stored; the others have one already. */
  async insert(unitOfWork: UnitOfWork, payments: readonly Payment[]): Promise<Set<string>> {
    if (payments.length === 0) return new Set();
    const rows = await unitOfWork.query<{ order_id: string }>(INSERT, NEW.parameters(payments.map(toRow)));
    return new Set(rows.map((row) => row.order_id));
  }

  /** Stores payments that {@link lock} gave before; `known` has them as they were then. */
  async update(
    unitOfWork: UnitOfWork,
    payments: readonly Payment[],
    known: ReadonlyMap<string, Payment>,
  ): Promise<void> {
    const needsAll = (payment: Payment): boolean => hasRareChange(payment, known.get(payment.orderId));
    const complete = payments.filter(needsAll);
    const others = payments.filter((payment) => !needsAll(payment));
    if (complete.length > 0)
      await unitOfWork.query(UPDATE_COMPLETELY, CHANGED_COMPLETELY.parameters(complete.map(toRow)));
    if (others.length > 0) await unitOfWork.query(UPDATE, CHANGED.parameters(others.map(toRow)));
  }

  /** Leases up to `limit` payments with an operation that is due and nobody is at, the longest waiting first. */
  async claim(unitOfWork: UnitOfWork, limit: number, now: Date, leasedUntil: Date): Promise<Payment[]> {
    for (;;) {
      const seen = await unitOfWork.query<{ payment_id: string; due: boolean }>(LOOK, [now, limit]);
      const due = seen.filter((row) => row.due).map((row) => row.payment_id);
      const notYet = seen.filter((row) => !row.due).map((row) => row.payment_id);
      if (notYet.length > 0) await unitOfWork.query(LOOK_LATER, [notYet]);
      if (due.length > 0) return this.lease(unitOfWork, due, now, leasedUntil);
      if (seen.length < limit) return [];
    }
  }

  private async lease(unitOfWork: UnitOfWork, ids: readonly string[], now: Date, until: Date): Promise<Payment[]> {
    // These are only asked about, not sent: how long ago they were sent stays as it is.
    const onlyAskedAbout = PAYMENT_STAGES.filter(isUnwanted);
    const rows = await unitOfWork.query<PaymentRow>(LEASE, [ids, now, until, onlyAskedAbout]);
    return rows.map(fromRow);
  }
}

function update(set: RowSet<PaymentRow>, properties: readonly Property[]): string {
  return `
    UPDATE payments SET ${set.assignments('changed', ...properties)}, look_at = ${LOOK_AT}
    FROM ${set.unnest('changed')} WHERE payments.order_id = changed.order_id`;
}

function hasRareChange(payment: Payment, before: Payment | undefined): boolean {
  return (
    payment.items !== before?.items ||
    payment.paymentMethod !== before.paymentMethod ||
    payment.heard !== before.heard ||
    payment.dispute !== before.dispute ||
    payment.adjustments !== before.adjustments
  );
}
