import { DomainError } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { PaymentEntity } from '../persistence/payment.entity';

/** A payment as people see it. */
export type PaymentView = Readonly<PaymentEntity>;

/** Finds one payment. */
@Injectable()
export class GetPayment {
  constructor(private readonly dataSource: DataSource) {}

  /** @throws DomainError `PAYMENT.NOT_FOUND` */
  async run(paymentId: string): Promise<PaymentView> {
    const payment = await this.dataSource.getRepository(PaymentEntity).findOneBy({ paymentId });
    if (payment !== null) return payment;
    throw new DomainError({ code: 'PAYMENT.NOT_FOUND', kind: 'not_found', message: 'No payment has this id.' });
  }
}
