import type { ExpectedAlerts } from './alerts/firing.ts';
import type { Breakage } from './instructions.ts';
import type { Mix } from './load.ts';

/** The system and the load that a scenario asks for. */
export interface Setting {
  readonly id: string;
  /** Orders per second. */
  readonly rate?: number;
  readonly mix?: Partial<Mix>;
  /** Stock of each product at the beginning. */
  readonly stock?: number;
  /** For all services. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether services go through proxies to whatever they talk to: `world.network`. */
  readonly proxied?: boolean;
  /** Which alerts fire; without it no Prometheus watches. */
  readonly alerts?: ExpectedAlerts;
}

export interface RunOptions {
  readonly seed: number;
  /** At least so long the load lasts. */
  readonly minutes: number;
  /** Orders per second where the scenario does not say. */
  readonly rate: number;
  readonly breakage?: Breakage;
  /** Alerts that are left out, to see whether their absence is noticed. */
  readonly withoutAlerts?: readonly string[];
  readonly keepFiles: boolean;
  /** Where the dashboards are drawn, as they looked during the scenario. */
  readonly draw?: string | undefined;
}
