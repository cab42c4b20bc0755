import { PaymentAdjusted, PaymentFailed, PaymentRefunded, PaymentSuccessful } from '@app/events';
import type { UnitOfWork } from '@app/messaging';
import type { Announcement } from '../domain/payment-announcement';

/** Queues an announcement for publication with the transaction. */
export function publishAnnouncement(unitOfWork: UnitOfWork, announcement: Announcement): void {
  const { orderId, cause } = announcement;
  switch (announcement.type) {
    case 'payment_successful':
      return unitOfWork.publish(PaymentSuccessful, { orderId, cause, payload: announcement.payload });
    case 'payment_failed':
      return unitOfWork.publish(PaymentFailed, { orderId, cause, payload: announcement.payload });
    case 'payment_adjusted':
      return unitOfWork.publish(PaymentAdjusted, { orderId, cause, payload: announcement.payload });
    case 'payment_refunded':
      return unitOfWork.publish(PaymentRefunded, { orderId, cause, payload: announcement.payload });
  }
}
