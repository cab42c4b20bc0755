import { eventually } from '../../../libs/testing/src/eventually.ts';
import { HOW_TO_INSTALL, mayBeMissing } from '../../../tools/observability/tools.ts';
import { judgeAlerts, type Firing } from '../alerts/firing.ts';
import type { Scenario } from '../scenario.ts';
import type { World } from '../world.ts';
import { finding, type Finding } from './invariant.ts';

/** An alert ends when its condition has left the range of its query, fifteen seconds here. */
const ENDED_WITHIN_MS = 60_000;

export interface AlertVerdict {
  readonly findings: readonly Finding[];
  /** Undefined when nobody watched. */
  readonly firings: readonly Firing[] | undefined;
}

/** I17: whether those were told who have to know, and nobody was woken for nothing. To be asked of a system at rest. */
export async function checkAlerts({ alerts }: World, { alerts: expected }: Scenario): Promise<AlertVerdict> {
  if (expected === undefined) return { findings: [], firings: undefined };
  if (alerts === undefined) {
    const missing = mayBeMissing() ? [] : [HOW_TO_INSTALL];
    return { findings: finding('I17', 'Prometheus is not installed', missing), firings: undefined };
  }
  const stillFiring = async (): Promise<string[]> =>
    (await alerts.firingNow()).filter((alert) => expected.fire.includes(alert));
  await eventually(
    async () => {
      if ((await stillFiring()).length > 0) throw new Error('alerts still fire');
    },
    { timeoutMs: ENDED_WITHIN_MS, intervalMs: 500 },
  ).catch(() => undefined);
  const firings = await alerts.firings();
  return { findings: judgeAlerts(expected, firings, await stillFiring()), firings };
}
