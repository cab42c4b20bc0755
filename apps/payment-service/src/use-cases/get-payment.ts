import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { PaymentNotFound } from '../domain/payment.errors';
import { PaymentEntity } from '../persistence/payment.entity';

/** A payment as people see it. */
export type PaymentView = Readonly<PaymentEntity>;

/** Finds one payment. */
@Injectable()
export class GetPayment {
  constructor(private readonly dataSource: DataSource) {}

  /** @throws PaymentNotFound */
  async execute(paymentId: string): Promise<PaymentView> {
    const payment = await this.dataSource.getRepository(PaymentEntity).findOneBy({ paymentId });
    if (payment !== null) return payment;
    throw new PaymentNotFound();
  }
}
