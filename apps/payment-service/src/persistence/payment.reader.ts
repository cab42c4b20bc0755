import { boundedLook, endOfLook, type Look } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import { isFinalStatus, type PaymentStatus } from '../domain/payment-stage';
import { PaymentEntity } from './payment.entity';

/** Which payments are wanted; what is absent does not matter. */
export interface PaymentFilter {
  readonly orderId?: string | undefined;
  readonly userId?: string | undefined;
  readonly status?: PaymentStatus | undefined;
  /** Only payments older than this one. */
  readonly before?: string | undefined;
}

/** A part of a list, newest first. */
export interface PaymentPage {
  readonly payments: readonly PaymentEntity[];
  /** The list goes on with what is older than this payment; absent at its end. */
  readonly next: string | undefined;
}

/** Reads lists of payments. Whatever the filter, a page costs a bounded look into an index that is in the order of the list. */
@Injectable()
export class PaymentReader {
  constructor(private readonly dataSource: DataSource) {}

  /** The ids are UUIDs v7 and sort by time. A page may have fewer payments than `limit` although there is a next one. */
  async page(filter: PaymentFilter, limit: number): Promise<PaymentPage> {
    const values: unknown[] = [];
    // One more than asked for tells whether there is a next page.
    const ids = await this.ids(boundedLook(lookFor(filter, values), `$${values.push(limit + 1)}`), values);
    const shown = ids.slice(0, limit);
    return {
      payments: await this.read(shown, filter),
      next: ids.length > limit ? shown.at(-1) : await this.endOf(filter),
    };
  }

  /** Without those whose status has become another one meanwhile. */
  private async read(ids: readonly string[], { status }: PaymentFilter): Promise<PaymentEntity[]> {
    if (ids.length === 0) return [];
    const where = { paymentId: In(ids), ...(status === undefined ? {} : { status }) };
    return this.dataSource.getRepository(PaymentEntity).find({ where, order: { paymentId: 'DESC' } });
  }

  /** Where the look for one page ends, unless the list ends before it. */
  private async endOf(filter: PaymentFilter): Promise<string | undefined> {
    const values: unknown[] = [];
    const statement = endOfLook(lookFor(filter, values, []));
    return statement === undefined ? undefined : (await this.ids(statement, values))[0];
  }

  private async ids(statement: string, values: unknown[]): Promise<string[]> {
    const rows = await this.dataSource.query<{ payment_id: string }[]>(statement, values);
    return rows.map(({ payment_id }) => payment_id);
  }
}

/**
 * @param values gets the values of what bounds the look.
 * @param tried gets those of the conditions to be tried; the end of a look has no use for them.
 */
function lookFor({ orderId, userId, status, before }: PaymentFilter, values: unknown[], tried = values): Look {
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
    return { ...look, wanted: [`status = $${tried.push(status)}`] };
  if (!isFinalStatus(status))
    return { ...look, scope: ['final_status IS NULL'], wanted: [`status = $${tried.push(status)}`] };
  // The condition of the partial index; it leaves out what nearly every payment comes to.
  const of = { column: 'final_status', value: `$${values.push(status)}::text` };
  return { ...look, of, scope: [`final_status <> 'captured'`] };
}
