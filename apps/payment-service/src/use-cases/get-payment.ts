import { Injectable } from '@nestjs/common';
import { PaymentNotFound } from '../domain/payment.errors';
import { PaymentReader, type PaymentView } from '../persistence/payment.reader';

export type { PaymentView };

/** Finds one payment. */
@Injectable()
export class GetPayment {
  constructor(private readonly reader: PaymentReader) {}

  /** With `owner` only if it is for an order of theirs. @throws PaymentNotFound */
  async execute(paymentId: string, owner?: string): Promise<PaymentView> {
    const payment = await this.reader.find(paymentId, owner);
    if (payment !== undefined) return payment;
    throw new PaymentNotFound();
  }
}
