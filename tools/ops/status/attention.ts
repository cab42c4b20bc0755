import type { ServiceName } from '../../stack/service-names.ts';
import { approximately } from '../cli/duration.ts';
import { EXIT, type ExitCode } from '../cli/exit-code.ts';
import { countOf } from '../cli/table.ts';
import type { Backlog, Work } from './backlog.ts';
import type { Health, Status } from './status.ts';

/** An outbox that is older than this does not only wait for its turn. */
const LATE_MS = 60_000;

/** What needs a person's look, a sentence each, with the command that shows more. Empty when all is well. */
export function needsAttention({ health, backlog = [], work }: Status, services: Urls): string[] {
  return [
    ...health.flatMap((one) => ofHealth(one, services)),
    ...backlog.flatMap(ofBacklog),
    ...(work === undefined ? [] : ofWork(work)),
  ];
}

/** @param findings what `needsAttention` has found */
export function exitOf({ health, backlog, lag }: Status, findings: readonly string[]): ExitCode {
  const silent = health.some(({ status }) => status === 'unreachable');
  if (silent || backlog === undefined || lag === undefined) return EXIT.unusable;
  return findings.length > 0 ? EXIT.found : EXIT.fine;
}

/** Whether the outbox is older than any event has to wait. */
export function isLate({ outboxAgeMs }: Backlog): boolean {
  return outboxAgeMs > LATE_MS;
}

type Urls = Readonly<Record<ServiceName, string>>;

function ofHealth({ service, status, dependencies }: Health, services: Urls): string[] {
  if (status === 'up') return [];
  const troubled = Object.entries(dependencies).filter(([, state]) => state !== 'up');
  const because = troubled.length === 0 ? '' : ` (${troubled.map(([name, state]) => `${name} ${state}`).join(', ')})`;
  return [`${service} is ${status}${because}: see \`curl ${services[service]}/health\``];
}

function ofBacklog(backlog: Backlog): string[] {
  const { service, outbox, outboxAgeMs, deadLettered, quarantined } = backlog;
  const failed = deadLettered + quarantined;
  return [
    ...(isLate(backlog)
      ? [
          `${service} has ${countOf(outbox, 'unpublished event')}, the oldest for ${approximately(outboxAgeMs)}: see \`./ops topics\``,
        ]
      : []),
    ...(failed > 0
      ? [`${service} has ${countOf(failed, 'failed message')}: see \`./ops failed groups --service ${service}\``]
      : []),
  ];
}

function ofWork({ unknownPayments, ordersPastDeadline }: Work): string[] {
  return [
    ...(unknownPayments > 0
      ? [
          `${countOf(unknownPayments, 'payment')} of unknown outcome: the gateway is asked again; see \`./ops sql "SELECT * FROM payment_service.payments WHERE status = 'unknown'"\``,
        ]
      : []),
    ...(ordersPastDeadline > 0
      ? [
          `${countOf(ordersPastDeadline, 'order')} past the deadline: see \`./ops sql "SELECT * FROM order_service.orders WHERE open_until < now()"\``,
        ]
      : []),
  ];
}
