import { referencesOf } from '../../../tools/observability/promql.ts';
import { alerts } from '../../../tools/observability/rules.ts';
import { finding, type Finding } from '../checks/invariant.ts';
import type { Scenario } from '../scenario.ts';
import type { World } from '../world.ts';

/** Less haste than with a fault: a machine that is busy for two seconds must not count as one that is broken. */
const HASTE = 6;
/** Nine minutes for the alerts: longer than those that wake somebody take to fire. */
const SECONDS = 90;
/** What there is only once something has gone wrong. */
const OF_FAULTS =
  /messaging_publish_failures_total|http_response_status_code=~?"5|orders:end_to_end_missed:ratio_rate(?:1h|6h|30m)/;

/** An alert that asks for a label that nothing has is quiet for ever. */
async function checkSelectors({ alerts: watch }: World): Promise<Finding[]> {
  if (watch === undefined) return [];
  const selectors = alerts().flatMap(({ expr }) => referencesOf(expr).selectors.map(({ text }) => text));
  const wanted = [...new Set(selectors)].filter((text) => !OF_FAULTS.test(text));
  return finding('I17', 'an alert reads what no service has', await watch.emptyOf(wanted));
}

export const quiet: Scenario = {
  id: 'S0',
  title: 'nothing is done to it: nobody is woken',
  decisive: ['I17'],
  api: { acceptedShare: 1, p99Ms: 5_000, statuses: [] },
  alerts: { fire: [], only: true, haste: HASTE },
  async run(world) {
    await world.calm(SECONDS);
  },
  afterRest: checkSelectors,
};
