import { Injectable } from '@nestjs/common';
import { PaymentNotFound } from '../domain/payment.errors';
import { PaymentReader, type PaymentView } from '../persistence/payment.reader';

export type { PaymentView };

/** Finds one payment. */
@Injectable()
export class GetPayment {
  constructor(private readonly reader: PaymentReader) {}

  /** @throws PaymentNotFound */
  async execute(paymentId: string): Promise<PaymentView> {
    const payment = await this.reader.find(paymentId);
    if (payment !== undefined) return payment;
    throw new PaymentNotFound();
  }
}
