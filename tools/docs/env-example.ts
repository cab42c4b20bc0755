import { renderEnvExample } from '@app/platform';
import { loadConfig as inventory } from '../../apps/inventory-service/src/config';
import { loadConfig as notification } from '../../apps/notification-service/src/config';
import { loadConfig as order } from '../../apps/order-service/src/config';
import { loadConfig as payment } from '../../apps/payment-service/src/config';

/** What `.env.example` has to say: every variable of every service. */
export function envExample(): string {
  return renderEnvExample([
    { name: 'order-service', spec: order.spec },
    { name: 'payment-service', spec: payment.spec },
    { name: 'inventory-service', spec: inventory.spec },
    { name: 'notification-service', spec: notification.spec },
  ]);
}
