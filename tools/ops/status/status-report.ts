import type { Colour } from '../cli/console.ts';
import { approximately } from '../cli/duration.ts';
import { table, type Cell } from '../cli/table.ts';
import { isLate } from './attention.ts';
import type { Backlog, Work } from './backlog.ts';
import type { Rates } from './rates.ts';
import type { Health, Status } from './status.ts';

type Paint = (colour: Colour, text: string) => string;

const HEADINGS = 'SERVICE,HEALTH,NOT UP,LAG,OUTBOX,OLDEST,RETRYING,WAITING,DEAD,QUARANTINED'.split(',');
const RATES = ['EVENTS/S', 'LAG +/-'];

/** Tables of what was seen; with the rates since the last look, if there was one. */
export function statusReport({ health, backlog, work, lag }: Status, paint: Paint, rates?: Rates): string {
  const rows = health.map((one) => [
    ...healthCells(one, lag, paint),
    ...backlogCells(
      backlog?.find(({ service }) => service === one.service),
      paint,
    ),
    ...(rates === undefined ? [] : rateCells(rates, one)),
  ]);
  const parts = [table(rates === undefined ? HEADINGS : [...HEADINGS, ...RATES], rows)];
  const behind = (lag ?? []).filter(({ records }) => records > 0);
  if (behind.length > 0) {
    parts.push(
      table(
        ['CONSUMER', 'TOPIC', 'LAG'],
        behind.map(({ service, topic, records }) => [service, topic, records]),
      ),
    );
  }
  if (work !== undefined) parts.push(workReport(work, rates));
  return parts.join('\n\n');
}

function healthCells({ service, status, dependencies }: Health, lag: Status['lag'], paint: Paint): Cell[] {
  const behind = lag?.filter((entry) => entry.service === service).reduce((sum, { records }) => sum + records, 0);
  const troubled = Object.entries(dependencies).filter(([, state]) => state !== 'up');
  const colour = status === 'up' ? 'green' : status === 'degraded' ? 'yellow' : 'red';
  return [
    service,
    { value: status, paint: (text) => paint(colour, text) },
    troubled.map(([name, state]) => `${name} ${state}`).join(', '),
    behind ?? '?',
  ];
}

function backlogCells(backlog: Backlog | undefined, paint: Paint): Cell[] {
  if (backlog === undefined) return Array.from({ length: 6 }, () => '?');
  const { outbox, outboxAgeMs, retrying, waiting, deadLettered, quarantined } = backlog;
  const red = (text: string): string => paint('red', text);
  const age = outbox === 0 ? null : approximately(outboxAgeMs);
  return [
    outbox,
    isLate(backlog) && age !== null ? { value: age, paint: red } : age,
    retrying,
    waiting,
    ...[deadLettered, quarantined].map((count) => (count > 0 ? { value: count, paint: red } : count)),
  ];
}

function rateCells({ services }: Rates, { service }: Health): Cell[] {
  const own = services.get(service);
  if (own === undefined) return ['?', '?'];
  return [perSecond(own.handled), own.lagChange > 0 ? `+${own.lagChange}` : own.lagChange];
}

function workReport(work: Work, rates: Rates | undefined): string {
  const states = ['pending', 'paid', 'confirmed', 'cancelled'].map(
    (state) => `${work.ordersByState[state] ?? 0} ${state}`,
  );
  const oldest =
    work.undeliveredNotifications === 0 ? '' : `, the oldest for ${approximately(work.oldestUndeliveredMs)}`;
  const rate = rates?.orders === undefined ? '' : `; ${perSecond(rates.orders)} placed/s`;
  return [
    `orders         ${states.join(', ')}; ${work.ordersPastDeadline} past their deadline${rate}`,
    `payments       ${work.unknownPayments} unknown, ${work.duePayments} operations due`,
    `notifications  ${work.undeliveredNotifications} undelivered${oldest}; ${work.failedNotifications} failed`,
  ].join('\n');
}

function perSecond(rate: number): string {
  return rate.toFixed(rate > 0 && rate < 10 ? 1 : 0);
}
