import { decodeCursor, encodeCursor } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull, LessThan } from 'typeorm';
import { isFinalStatus, type PaymentStatus } from '../domain/payment-stage';
import { PaymentEntity } from '../persistence/payment.entity';

/** Which payments are wanted; what is absent does not matter. */
export interface PaymentFilter {
  readonly orderId?: string | undefined;
  readonly userId?: string | undefined;
  readonly status?: PaymentStatus | undefined;
}

/** Lists payments, newest first. */
@Injectable()
export class ListPayments {
  constructor(private readonly dataSource: DataSource) {}

  /** The ids are UUIDs v7 and sort by time. @throws DomainError `REQUEST.INVALID_CURSOR` */
  async run(filter: PaymentFilter, limit: number, cursor?: string) {
    const [before] = cursor === undefined ? [] : decodeCursor(cursor, ['uuid']);
    const found = await this.dataSource.getRepository(PaymentEntity).find({
      where: { ...present(filter), ...(before === undefined ? {} : { paymentId: LessThan(before) }) },
      order: { paymentId: 'DESC' },
      take: limit + 1,
    });
    const payments = found.slice(0, limit);
    const last = payments.at(-1);
    const nextCursor = found.length > limit && last !== undefined ? encodeCursor([last.paymentId]) : null;
    return { payments, nextCursor };
  }
}

function present({ orderId, userId, status }: PaymentFilter) {
  return {
    ...(orderId === undefined ? {} : { orderId }),
    ...(userId === undefined ? {} : { userId }),
    ...(status === undefined ? {} : { status, finalStatus: isFinalStatus(status) ? status : IsNull() }),
  };
}
