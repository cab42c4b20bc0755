/** Each a process of its own, as the system's four services are. */
export const ROLES = ['order', 'payment', 'inventory', 'notification'] as const;

export type Role = (typeof ROLES)[number];

export const SCHEMA = 'stock_transport_baseline';

/** Beside the system's own, should they be on the same broker. */
export const TOPICS = {
  orderCreated: 'stock_order_created',
  orderConfirmed: 'stock_order_confirmed',
  paymentSuccessful: 'stock_payment_successful',
  paymentFailed: 'stock_payment_failed',
  inventoryUpdated: 'stock_inventory_updated',
  notificationSent: 'stock_notification_sent',
} as const;

/** The order service consumes the news of the three others, and the notification service what a customer is told. */
export function groupOf(role: Role): string {
  return `stock-${role}`;
}
