import { DomainError } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { PaymentReader, type PaymentView } from '../persistence/payment.reader';

export type { PaymentView };

/** Finds one payment. */
@Injectable()
export class GetPayment {
  constructor(private readonly reader: PaymentReader) {}

  /** @throws DomainError `PAYMENT.NOT_FOUND` */
  async run(paymentId: string): Promise<PaymentView> {
    const payment = await this.reader.find(paymentId);
    if (payment !== undefined) return payment;
    throw new DomainError({ code: 'PAYMENT.NOT_FOUND', kind: 'not_found', message: 'No payment has this id.' });
  }
}
