/** The documented ports of the local system. */
export const servicePorts = {
  'order-service': 8001,
  'payment-service': 8002,
  'inventory-service': 8003,
  'notification-service': 8004,
} as const;

export type ServiceName = keyof typeof servicePorts;

export const serviceNames = Object.keys(servicePorts) as ServiceName[];

/** The database role and schema of the service. */
export function roleOf(service: ServiceName): string {
  return service.replace('-', '_');
}

/** One value for each service. */
export function eachService<T>(value: (service: ServiceName) => T): Record<ServiceName, T> {
  return Object.fromEntries(serviceNames.map((service) => [service, value(service)])) as Record<ServiceName, T>;
}
