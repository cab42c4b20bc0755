/*
 * Orders something through clients made of the documents, as a customer's program would, and prints what it saw. Addresses come
 * from the environment, as for test/smoke.sh. It is compiled against the clients: that each field below has the type it is used
 * with is half of the test.
 */
import * as inventory from '../../.local/openapi/inventory-service/index.ts';
import { client as inventoryClient } from '../../.local/openapi/inventory-service/client.gen.ts';
import * as notification from '../../.local/openapi/notification-service/index.ts';
import { client as notificationClient } from '../../.local/openapi/notification-service/client.gen.ts';
import * as order from '../../.local/openapi/order-service/index.ts';
import { client as orderClient } from '../../.local/openapi/order-service/client.gen.ts';
import * as payment from '../../.local/openapi/payment-service/index.ts';
import { client as paymentClient } from '../../.local/openapi/payment-service/client.gen.ts';

orderClient.setConfig({ baseUrl: address('ORDER_SERVICE_URL') });
paymentClient.setConfig({ baseUrl: address('PAYMENT_SERVICE_URL') });
inventoryClient.setConfig({ baseUrl: address('INVENTORY_SERVICE_URL') });
notificationClient.setConfig({ baseUrl: address('NOTIFICATION_SERVICE_URL') });

const laptop = { product_id: 'LAPTOP001', product_name: 'Gaming Laptop', quantity: 1, price: 1299.99 };
const body = { user_id: 'client_of_the_document', items: [laptop] };

const placed = await order.placeOrder({
  body,
  headers: { 'Idempotency-Key': `drive-${process.pid}` },
  throwOnError: true,
});
const path = { order_id: placed.data.order_id };
const { data: settled } = await order.getOrder({ path, query: { wait: '30s' }, throwOnError: true });
const { data: trail } = await order.listOrderEvents({ path, throwOnError: true });
const reason: 'payment_failed' | 'out_of_stock' | 'cancelled_by_customer' | 'timed_out' | null =
  settled.cancellation_reason;

const { data: paid } = await payment.listPayments({ query: path, throwOnError: true });
const one = await captured(paid.payments[0]?.payment_id ?? '');
const { data: stock } = await inventory.getProduct({ path: { product_id: 'LAPTOP001' }, throwOnError: true });
const { data: health } = await order.getHealth({ throwOnError: true });

const refused = await order.placeOrder({ body: { ...body, items: [{ ...laptop, quantity: 0 }] } });
const problem = refused.error;
if (problem === undefined) throw new Error('An order of nothing was accepted.');
const { data: explained } = await order.getProblem({ path: { code: problem.code }, throwOnError: true });

console.log(
  JSON.stringify({
    order: { status: settled.status, reason, total: settled.total_amount },
    events: trail.events.map(({ event }) => event),
    payment: { status: one.status, amount: one.captured_amount, failure: one.failure_reason },
    stock: { product: stock.product_id, isNumber: Number.isInteger(stock.quantity) },
    notified: await notifiedOf(path.order_id),
    health: { status: health.status, database: health.dependencies['postgresql']?.status },
    problem: { status: problem.status, code: problem.code, pointer: problem.errors?.[0]?.pointer },
    explained: explained.code,
  }),
);

/** Money is captured once the order is confirmed. */
async function captured(id: string): Promise<payment.PaymentResponse> {
  for (const deadline = performance.now() + 30_000; ; await new Promise((resolve) => setTimeout(resolve, 250))) {
    const { data } = await payment.getPayment({ path: { payment_id: id }, throwOnError: true });
    if (data.status === 'captured' || performance.now() > deadline) return data;
  }
}

/** Mails follow the order a moment later. */
async function notifiedOf(orderId: string): Promise<string[]> {
  for (const deadline = performance.now() + 30_000; ; await new Promise((resolve) => setTimeout(resolve, 250))) {
    const { data } = await notification.listNotifications({ query: { order_id: orderId }, throwOnError: true });
    const sent = data.notifications.filter(({ status }) => status === 'sent');
    if (sent.length >= 3 || performance.now() > deadline) return sent.map((each) => each.notification_type).sort();
  }
}

function address(variable: string): string {
  const url = process.env[variable];
  if (url === undefined) throw new Error(`${variable} is not set.`);
  return url;
}
