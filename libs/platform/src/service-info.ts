/** What the running service is called; provided by `PlatformModule`. */
export abstract class ServiceInfo {
  /** As in the documentation: `order-service`. */
  abstract readonly name: string;
  abstract readonly version: string;
}
