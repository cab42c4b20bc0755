import { comeToRest } from '../rest.ts';
import type { Scenario } from '../scenario.ts';
import type { World } from '../world.ts';
import { checkAlerts, type AlertVerdict } from './alerts.ts';
import { checkClients } from './clients.ts';
import { checkDatabase } from './database.ts';
import type { Finding } from './invariant.ts';
import { checkReconciled } from './reconciled.ts';
import { checkMails } from './mails.ts';
import { checkRecovery, recoveryOf } from './recovery.ts';
import { checkApi, checkEventLoops, checkLiveness, checkResources, checkSecrets } from './surroundings.ts';
import { checkTopics } from './topics.ts';

export interface Verdict {
  readonly findings: readonly Finding[];
  readonly restSeconds: number;
  readonly mailCopies: number;
  /** Longest that orders were refused after a fault had ended. */
  readonly recoverySeconds: number;
  /** Longest that a service served nobody, because of what it did itself. */
  readonly stallMs: number;
  /** What fired; undefined when nobody watched. */
  readonly firings: AlertVerdict['firings'];
}

/** Waits for the system to come to rest and checks every invariant, whatever the scenario was about. */
export async function judge(world: World, scenario: Scenario): Promise<Verdict> {
  const rest = await comeToRest(world, scenario.restSeconds);
  const liveness = await checkLiveness(world);
  const topics = await checkTopics(world);
  const mails = await checkMails(world);
  const alerts = await checkAlerts(world, scenario);
  const findings = [
    ...rest.findings,
    ...liveness,
    ...(await checkDatabase(world)),
    ...topics.findings,
    ...(await checkClients(world)),
    ...mails.findings,
    ...checkApi(world, scenario),
    ...checkRecovery(world, scenario),
    ...checkResources(world),
    ...checkEventLoops(world),
    ...checkSecrets(world, topics.records),
    ...alerts.findings,
    ...world.findings,
    ...((await scenario.afterRest?.(world)) ?? []),
    ...(await checkReconciled(world)),
  ];
  const recoverySeconds = recoveryOf(world).seconds;
  return {
    findings,
    restSeconds: rest.seconds,
    mailCopies: mails.copies,
    recoverySeconds,
    stallMs: world.cluster.stalls.longestMs,
    firings: alerts.firings,
  };
}
