import { decodeCursor, encodeCursor } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { PaymentReader, type PaymentFilter } from '../persistence/payment.reader';

/** Lists payments, newest first. */
@Injectable()
export class ListPayments {
  constructor(private readonly reader: PaymentReader) {}

  /** A page may have fewer payments than `limit` although there is a next one. @throws DomainError `REQUEST.INVALID_CURSOR` */
  async execute(filter: Omit<PaymentFilter, 'before'>, limit: number, cursor?: string) {
    const [before] = cursor === undefined ? [] : decodeCursor(cursor, ['uuid']);
    const { payments, next } = await this.reader.page({ ...filter, before }, limit);
    return { payments, nextCursor: next === undefined ? null : encodeCursor([next]) };
  }
}
