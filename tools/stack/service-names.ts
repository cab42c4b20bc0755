import services from '../../deploy/services.json' with { type: 'json' };

export type ServiceName = keyof typeof services;

export const serviceNames = Object.keys(services) as ServiceName[];

/** The documented ports of the local system. */
export const servicePorts = eachService((service) => services[service].port);

/** The options Node.js runs a service with, here as in its image; services.ts has the reasons. */
export function nodeFlagsOf(service: ServiceName): readonly string[] {
  return services[service].nodeFlags;
}

/** The database role and schema of the service. */
export function roleOf(service: ServiceName): string {
  return service.replace('-', '_');
}

/** One value for each service. */
export function eachService<T>(value: (service: ServiceName) => T): Record<ServiceName, T> {
  return Object.fromEntries(serviceNames.map((service) => [service, value(service)])) as Record<ServiceName, T>;
}
