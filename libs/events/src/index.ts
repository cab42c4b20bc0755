export * from './contract';
export * from './envelope';
export * from './inventory-events';
export * from './money';
export * from './notification-events';
export * from './order-events';
export * from './payment-events';
export * from './topics';
