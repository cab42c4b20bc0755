import { fromNumeric } from '@app/events';
import { boundedPage, type Look, pageFrom, type PageRow } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type FindOptionsSelect, In, type Repository } from 'typeorm';
import type { Payment, PendingOperation } from '../domain/payment';
import { isFinalStatus, type PaymentStatus } from '../domain/payment-stage';
import { PaymentEntity } from './payment.entity';
import { duePayments, unknownPayments, type UnknownPayments } from './payment.figures';

/** Which payments are wanted; what is absent does not matter. */
export interface PaymentFilter {
  readonly orderId?: string | undefined;
  readonly userId?: string | undefined;
  readonly status?: PaymentStatus | undefined;
  /** Only payments older than this one. */
  readonly before?: string | undefined;
}

const SHOWN = {
  paymentId: true,
  orderId: true,
  userId: true,
  status: true,
  amount: true,
  capturedAmount: true,
  refundedAmount: true,
  dispute: true,
  currency: true,
  paymentMethod: true,
  failureReason: true,
  operation: true,
  attempts: true,
  uncertain: true,
  dueAt: true,
  createdAt: true,
  updatedAt: true,
} as const satisfies FindOptionsSelect<PaymentEntity>;

/** What is asked of the gateway, or will be at `dueAt`. */
export type PendingCall = Pick<PendingOperation, 'kind' | 'attempts' | 'uncertain' | 'dueAt'>;

/** A payment as people see it. */
export type PaymentView = Pick<Payment, Exclude<keyof typeof SHOWN, 'status' | 'operation' | keyof PendingCall>> & {
  readonly status: PaymentStatus;
  readonly pending: PendingCall | null;
};

/** A part of a list, newest first. */
export interface PaymentPage {
  readonly payments: readonly PaymentView[];
  /** The list goes on with what is older than this payment; absent at its end. */
  readonly next: string | undefined;
}

/** Reads payments for people. Whatever the filter, a page costs a bounded look into an index that is in the order of the list. */
@Injectable()
export class PaymentReader {
  constructor(@InjectRepository(PaymentEntity) private readonly payments: Repository<PaymentEntity>) {}

  /** How many are in doubt. */
  unknown(): Promise<UnknownPayments> {
    return unknownPayments((text, parameters) => this.payments.query(text, parameters));
  }

  /** How many have something due at the gateway that nobody has in hand. */
  due(now: Date): ReturnType<typeof duePayments> {
    return duePayments((text, parameters) => this.payments.query(text, parameters), now);
  }

  async find(paymentId: string, userId?: string): Promise<PaymentView | undefined> {
    const where = { paymentId, ...(userId === undefined ? {} : { userId }) };
    const found = await this.payments.findOne({ select: SHOWN, where });
    return found === null ? undefined : viewFrom(found);
  }

  /** The ids are UUIDs v7 and sort by time. A page may have fewer payments than `limit` although there is a next one. */
  async page(filter: PaymentFilter, limit: number): Promise<PaymentPage> {
    const values: unknown[] = [];
    // SQL of its own: the bound on the work of a page cannot be said with `find`.
    const statement = boundedPage(lookFor(filter, values), `$${values.push(limit + 1)}`);
    const { shown, next } = pageFrom(await this.payments.query<PageRow[]>(statement, values), limit);
    const ids = shown.map(({ page_key }) => page_key);
    return { payments: await this.read(ids, filter), next };
  }

  /** Without those whose status has become another one meanwhile. */
  private async read(ids: readonly string[], { status }: PaymentFilter): Promise<PaymentView[]> {
    if (ids.length === 0) return [];
    const where = { paymentId: In(ids), ...(status === undefined ? {} : { status }) };
    const found = await this.payments.find({ select: SHOWN, where, order: { paymentId: 'DESC' } });
    return found.map(viewFrom);
  }
}

function viewFrom({ operation: kind, attempts, uncertain, dueAt, ...row }: PaymentEntity): PaymentView {
  return {
    ...row,
    pending:
      kind === null || attempts === null || uncertain === null || dueAt === null
        ? null
        : { kind, attempts, uncertain, dueAt },
    amount: fromNumeric(row.amount),
    capturedAmount: fromNumeric(row.capturedAmount),
    refundedAmount: fromNumeric(row.refundedAmount),
  };
}

/** @param values gets the values of the look. */
function lookFor({ orderId, userId, status, before }: PaymentFilter, values: unknown[]): Look {
  const look: Look = {
    table: 'payments',
    key: 'payment_id',
    of: userId === undefined ? undefined : { column: 'user_id', value: `$${values.push(userId)}::text` },
    before: before === undefined ? undefined : `$${values.push(before)}::uuid`,
    scope: orderId === undefined ? [] : [`order_id = $${values.push(orderId)}`],
    wanted: [],
  };
  if (status === undefined) return look;
  if (orderId !== undefined || userId !== undefined || status === 'captured')
    return { ...look, wanted: [`status = $${values.push(status)}`] };
  if (!isFinalStatus(status))
    return { ...look, scope: ['final_status IS NULL'], wanted: [`status = $${values.push(status)}`] };
  // The condition of the partial index; it leaves out what nearly every payment comes to.
  const of = { column: 'final_status', value: `$${values.push(status)}::text` };
  return { ...look, of, scope: [`final_status <> 'captured'`] };
}
