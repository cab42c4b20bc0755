import { Injectable, Logger } from '@nestjs/common';
import { withinTime } from '../async/within-time';
import { failureReason } from './failure-reason';
import { HealthIndicator, type HealthResult } from './health-indicator';

const CHECK_TIMEOUT_MS = 1_000;
const CACHE_MS = 500;
const UNFORESEEN = 'the check failed unexpectedly: the log of this service has the error';

/** A result with how long it took, in milliseconds. */
export interface CheckedHealth extends HealthResult {
  readonly name: string;
  readonly required: boolean;
  readonly scope: 'liveness' | 'readiness';
  readonly latencyMs: number;
}

interface Entry {
  readonly indicator: HealthIndicator;
  checkedAt: number;
  last: CheckedHealth | undefined;
  running: Promise<CheckedHealth> | undefined;
}

/** All indicators of the process: those that modules provide are registered when the modules are ready. Probes read them here. */
@Injectable()
export class HealthRegistry {
  private readonly entries = new Map<string, Entry>();

  /** A second indicator of the same name is a mistake in the wiring and throws. */
  register(indicator: HealthIndicator): void {
    const { name } = indicator;
    if (this.entries.has(name)) throw new Error(`health indicator ${name} is registered twice`);
    this.entries.set(name, { indicator, checkedAt: -Infinity, last: undefined, running: undefined });
  }

  /**
   * The state of all indicators of a scope, or of all. Takes a second at most and never rejects; results are kept
   * for half a second and concurrent callers share one check, so probes cannot overload a dependency.
   */
  async check(scope?: 'liveness' | 'readiness'): Promise<CheckedHealth[]> {
    const entries = [...this.entries.values()].filter(
      ({ indicator }) => scope === undefined || scopeOf(indicator) === scope,
    );
    return Promise.all(entries.map((entry) => this.read(entry)));
  }

  private async read(entry: Entry): Promise<CheckedHealth> {
    if (entry.last !== undefined && performance.now() - entry.checkedAt < CACHE_MS) return entry.last;
    entry.running ??= run(entry).finally(() => {
      entry.running = undefined;
    });
    entry.last = await entry.running;
    entry.checkedAt = performance.now();
    return entry.last;
  }
}

async function run(entry: Entry): Promise<CheckedHealth> {
  const started = performance.now();
  const { indicator } = entry;
  const result = await bounded(entry);
  const latencyMs = Math.round((performance.now() - started) * 10) / 10;
  return { ...result, name: indicator.name, required: indicator.required, scope: scopeOf(indicator), latencyMs };
}

async function bounded({ indicator, last }: Entry): Promise<HealthResult> {
  try {
    return await withinTime((signal) => indicator.check(signal), {
      timeoutMs: CHECK_TIMEOUT_MS,
      graceMs: 0,
      timeUp: () => new Error('no answer in time'),
    });
  } catch (error) {
    const reason = failureReason(error) ?? UNFORESEEN;
    // What cannot be said to everybody is said, once, to those who read the log.
    if (reason === UNFORESEEN && last?.details?.['reason'] !== UNFORESEEN) {
      new Logger('Health').warn(`Health check of ${indicator.name} failed unexpectedly`, { err: error });
    }
    return { status: 'down', details: { reason } };
  }
}

function scopeOf(indicator: HealthIndicator): 'liveness' | 'readiness' {
  return indicator.scope ?? 'readiness';
}
