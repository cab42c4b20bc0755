import type { ProblemCatalogue } from './errors/problem-catalogue';

/** What the running service is called; provided by `PlatformModule`. */
export abstract class ServiceInfo {
  /** As in the documentation: `order-service`. */
  abstract readonly name: string;
  abstract readonly version: string;
  /** What it is there for, as the first paragraph of its OpenAPI document. */
  abstract readonly description?: string | undefined;
  /** The codes of its own problems; those of every service are known. */
  abstract readonly problems?: ProblemCatalogue | undefined;
}
