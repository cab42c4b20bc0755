import { setTimeout as sleep } from 'node:timers/promises';

const waitMs = 30_000;

/**
 * Resolves when the consumers of all given services have their partitions, or after half a minute. A service is ready
 * without them, because it serves its customers without Kafka; but the first order is not to be the one that waits.
 */
export async function untilConsuming(services: readonly string[]): Promise<void> {
  const deadline = performance.now() + waitMs;
  for (const url of services) {
    while (performance.now() < deadline && !(await consumes(url))) await sleep(100);
  }
}

async function consumes(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(3_000) });
    const { dependencies } = (await response.json()) as { dependencies?: Record<string, { status?: string }> };
    // A stand-in for a service has no such dependency.
    return dependencies?.['kafka'] === undefined || dependencies['kafka'].status === 'up';
  } catch {
    return false;
  }
}
