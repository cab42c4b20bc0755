import type {
  DeskJobResponse,
  DeskDryRunResponse,
  FailedMessageGroupResponse,
  FailedMessageResponse,
  FullFailedMessageResponse,
} from '@app/desk';
import { approximately } from '../cli/duration.ts';
import { printable } from '../cli/printable.ts';
import { clip, countOf, table } from '../cli/table.ts';

/** Whatever comes of one service, with its name. */
export type Of<Thing> = Thing & { readonly service: string };

export function listReport(messages: readonly Of<FailedMessageResponse>[], now: Date): string {
  if (messages.length === 0) return 'No failed messages.';
  const rows = messages.map((message) => [
    message.failed_message_id,
    message.service.replace('-service', ''),
    message.status,
    message.topic,
    message.order_id,
    `${message.attempts}${message.desk_retries > 0 ? ` (+${message.desk_retries})` : ''}`,
    message.waiting_behind === 0 ? null : message.waiting_behind,
    age(message.last_failure_at ?? message.created_at, now),
    clip(errorOf(message), 60),
  ]);
  return table(['ID', 'SERVICE', 'STATUS', 'TOPIC', 'ORDER', 'TRIED', 'BEHIND', 'SINCE', 'ERROR'], rows);
}

export function groupReport(groups: readonly Of<FailedMessageGroupResponse>[], now: Date): string {
  if (groups.length === 0) return 'No failed messages.';
  const rows = groups.map((group) => [
    group.count,
    group.service.replace('-service', ''),
    group.status,
    group.topic,
    group.reason,
    age(group.last_failure_at, now),
    clip(errorOf(group), 70),
    group.example_id,
  ]);
  return table(['COUNT', 'SERVICE', 'STATUS', 'TOPIC', 'REASON', 'LAST', 'ERROR', 'FOR EXAMPLE'], rows);
}

export function detailReport(message: Of<FullFailedMessageResponse>): string {
  const fields = [
    ['id', message.failed_message_id],
    ['service', message.service],
    ['status', message.status + (message.reason === null ? '' : ` (${message.reason})`)],
    ['record', `${message.topic}, partition ${message.partition}, offset ${message.offset}`],
    ['event', message.event_id],
    ['order', message.order_id],
    ['tried', `${countOf(message.attempts, 'time')}, ${message.desk_retries} of them manual`],
    ['next try', message.next_attempt_at],
    ['error', errorOf(message) || null],
  ].map(([name, value]) => `${(name ?? '').padEnd(10)}${printable(value ?? '–')}`);
  const payload = message.payload === null ? (message.payload_base64 ?? 'no value') : pretty(message.payload);
  return [
    fields.join('\n'),
    `Headers\n${table(
      ['NAME', 'VALUE'],
      Object.entries(message.headers).map(([name, value]) => [name, clip(String(value), 100)]),
    )}`,
    `Payload\n${printable(payload)}`,
    section('Attempts', ['#', 'AT', 'BY', 'ERROR'], message.attempt_history, (attempt) => [
      ...[attempt.number, attempt.at, attempt.kind, clip(errorOf(attempt), 90)],
    ]),
    section('Waiting messages', ['ID', 'TOPIC', 'SINCE'], message.waiting, (waiting) => [
      ...[waiting.failed_message_id, waiting.topic, waiting.created_at],
    ]),
    section('Actions', ['AT', 'ACTION', 'WHO', 'WHY', 'JOB'], message.actions, (action) => [
      ...[action.at, action.action, action.actor, action.reason, action.job_id],
    ]),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** One row each. */
export function jobReport(jobs: readonly Of<DeskJobResponse>[], now: Date): string {
  if (jobs.length === 0) return 'No jobs.';
  const rows = jobs.map((job) => [
    ...[job.job_id, job.service.replace('-service', ''), job.kind, job.status, job.actor, job.total, job.released],
    ...[job.resolved, job.failed_again, job.skipped, age(job.created_at, now)],
  ]);
  const headings = [
    'JOB',
    'SERVICE',
    'KIND',
    'STATUS',
    'WHO',
    'TOTAL',
    'RELEASED',
    'RESOLVED',
    'FAILED',
    'SKIPPED',
    'AGE',
  ];
  return table(headings, rows);
}

export function dryRunReport(kind: 'retry' | 'discard', runs: readonly Of<DeskDryRunResponse>[], now: Date): string {
  const rows = runs.map((run) => {
    const wouldTake = 'would_retry' in run ? run.would_retry : run.would_discard;
    return [run.service, run.matching, wouldTake, run.skipped_quarantined];
  });
  const sample = runs.flatMap(({ service, sample: messages }) => messages.map((message) => ({ ...message, service })));
  const summary = table(['SERVICE', 'MATCHING', `WOULD ${kind.toUpperCase()}`, 'QUARANTINED, LEFT'], rows);
  return sample.length === 0 ? summary : `${summary}\n\nFor example\n${listReport(sample, now)}`;
}

/** How jobs of one command have ended, in one line each; a service that had nothing for it is left out. */
export function endReport(jobs: readonly Of<DeskJobResponse>[]): string {
  const lines = jobs.filter(({ total }) => total > 0).map(progressLine);
  return lines.length === 0 ? 'No messages match.' : lines.join('\n');
}

/** One line about a job that is under way. */
export function progressLine({
  service,
  kind,
  status,
  total,
  released,
  resolved,
  failed_again: again,
  skipped,
}: Of<DeskJobResponse>): string {
  const done = kind === 'retry' ? `${resolved} resolved, ${again} failed again` : `${resolved} discarded`;
  // Quarantined ones are only retried by name.
  const left = skipped === 0 ? '' : `, ${skipped} skipped${kind === 'retry' ? ' (quarantined: see --force)' : ''}`;
  return `${service}: ${kind} ${status}, ${released} of ${total} released, ${done}${left}`;
}

function section<Item>(
  title: string,
  headings: readonly string[],
  items: readonly Item[],
  row: (item: Item) => readonly (string | number | null)[],
): string {
  return items.length === 0 ? '' : `${title}\n${table(headings, items.map(row))}`;
}

function errorOf(error: { readonly error_class: string | null; readonly error_message: string | null }): string {
  return [error.error_class, error.error_message].filter((part) => part !== null && part !== '').join(': ');
}

function age(time: string | null, now: Date): string | null {
  return time === null ? null : approximately(now.getTime() - new Date(time).getTime());
}

function pretty(payload: unknown): string {
  return JSON.stringify(payload, undefined, 2);
}
