import { finding, type Finding } from '../checks/invariant.ts';

/** An alert that fired, in milliseconds since the load began. */
export interface Firing {
  readonly alert: string;
  /** What it was about: the service, the topic. */
  readonly labels: Readonly<Record<string, string>>;
  readonly from: number;
  readonly to: number;
}

/** What a scenario says of alerts. */
export interface ExpectedAlerts {
  /** Each has to fire while the scenario lasts, and to end when everything is well again. */
  readonly fire: readonly string[];
  /** Whether any other one is a false alarm, as in a system to which nothing is done. */
  readonly only?: boolean;
  /** How much faster than in production the time passes for alerts; 20 by default. */
  readonly haste?: number;
}

/**
 * What says that the machine has too little to give. On a machine that is shared with other programs these are true without
 * anything being wrong, so that nobody may rely on their silence here.
 */
const OF_A_BUSY_MACHINE = ['EventLoopBlocked', 'PoolExhausted', 'RequestsSlow'];

/** I17: whoever has to know is told, and nobody is woken for nothing. @param still what fires although all is well again */
export function judgeAlerts(
  { fire, only = false }: ExpectedAlerts,
  firings: readonly Firing[],
  still: readonly string[],
): Finding[] {
  const fired = new Set(firings.map(({ alert }) => alert));
  const silent = fire.filter((alert) => !fired.has(alert));
  const false_ = only ? firings.filter(({ alert }) => !fire.includes(alert) && !OF_A_BUSY_MACHINE.includes(alert)) : [];
  return [
    ...finding('I17', 'an alert did not fire', silent),
    ...finding('I17', 'an alert fired although nothing was wrong', false_.map(described)),
    ...finding(
      'I17',
      'an alert still fires although everything is well again',
      still.filter((alert) => fire.includes(alert)),
    ),
  ];
}

/** `OutboxNotPublished (order-service) from 12 s to 40 s`. */
export function described({ alert, labels, from, to }: Firing): string {
  const about = Object.entries(labels).flatMap(([name, value]) => (name === 'instance' ? [] : [value]));
  const seconds = (time: number): number => Math.round(time / 1_000);
  return `${alert} (${about.join(' ')}) from ${seconds(from)} s to ${seconds(to)} s`;
}
