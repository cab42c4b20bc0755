import type { DeskJobResponse, DeskDryRunResponse, FailedMessageResponse } from '@app/desk';
import type { MessageFilter } from './desk-client.ts';
import { printJson } from '../cli/console.ts';
import { EXIT, OpsError, type ExitCode } from '../cli/exit-code.ts';
import type { BulkRequest, DeskClient } from './desk-client.ts';
import { dryRunReport, endReport, listReport, progressLine, type Of } from './desk-reports.ts';
import { exitOf, findOwner, fromAll, type DeskContext } from './failed-commands.ts';

const POLL_MS = 1_000;

/** What is to be retried or discarded: one message, or all that a filter matches. */
export interface BulkWish {
  readonly kind: 'retry' | 'discard';
  readonly id?: string;
  readonly filter: MessageFilter;
  readonly all: boolean;
  readonly max?: number;
  readonly actor: string | undefined;
  /** Required to discard. */
  readonly reason?: string;
  readonly dryRun: boolean;
  /** One message that is quarantined. */
  readonly force: boolean;
  /** How long a job is followed. It goes on by itself afterwards. */
  readonly patienceMs: number;
}

/** @throws OpsError when the wish makes no sense, before anything is asked. */
export async function retryOrDiscard(context: DeskContext, wish: BulkWish): Promise<ExitCode> {
  const { id, kind, filter, all, reason, dryRun } = wish;
  if (kind === 'discard' && reason === undefined) throw new OpsError('discard requires --reason');
  const narrowed = Object.values(filter).some((value) => value !== undefined);
  if (id !== undefined) {
    if (narrowed || all || dryRun || wish.max !== undefined) {
      throw new OpsError('give either an id, or a filter (which may come with --dry-run and --max), not both');
    }
    return one(context, wish, id);
  }
  if (wish.force) throw new OpsError('--force applies to a single message: give its id');
  if (!narrowed && !all)
    throw new OpsError(`no messages selected: give an id, a filter (--topic, --failed-as, --error, …), or --all`);
  return dryRun ? tryDry(context, wish) : many(context, wish);
}

async function one(context: DeskContext, wish: BulkWish, id: string): Promise<ExitCode> {
  const { console, json } = context;
  const { actor, reason = '', force } = wish;
  // Asked for first: an attempt at the wrong service must not be taken for a refusal.
  const { client } = await findOwner(context, (candidate) => candidate.show(id), id);
  const message = await (wish.kind === 'retry'
    ? client.retryOne(id, actor, force)
    : client.discardOne(id, actor, reason));
  const ended = wish.kind === 'retry' ? await outcomeOf(context, client, message, wish.patienceMs) : message;
  const answer = { ...ended, service: client.service };
  if (json) printJson(console, answer);
  else console.print(listReport([answer], console.now()));
  if (ended.status === 'retrying') console.note('still being retried; see: ./ops failed show ' + id);
  return ended.status === 'resolved' || ended.status === 'discarded' ? EXIT.fine : EXIT.found;
}

/** The message when its retry has ended in one way or the other, or when patience is at its end. */
async function outcomeOf(
  { console }: DeskContext,
  client: DeskClient,
  released: FailedMessageResponse,
  patienceMs: number,
): Promise<FailedMessageResponse> {
  const deadline = console.now().getTime() + patienceMs;
  let message = released;
  while (message.status === 'retrying' && console.now().getTime() < deadline) {
    if (!(await console.pause(POLL_MS))) break;
    message = await client.show(released.failed_message_id);
  }
  return message;
}

async function tryDry(context: DeskContext, wish: BulkWish): Promise<ExitCode> {
  const { console, json } = context;
  const gathered = await fromAll(
    context,
    (client) => client.bulk(wish.kind, requestOf(wish)) as Promise<DeskDryRunResponse>,
  );
  const runs = gathered.answers.map(({ client, answer }): Of<DeskDryRunResponse> => ({
    ...answer,
    service: client.service,
  }));
  if (json) printJson(console, { dry_runs: runs, unreachable: gathered.unreachable });
  else console.print(dryRunReport(wish.kind, runs, console.now()));
  return exitOf(gathered, false);
}

async function many(context: DeskContext, wish: BulkWish): Promise<ExitCode> {
  const { console, json } = context;
  // One service after the other: `--max` is for all of them together.
  const started: { client: DeskClient; job: DeskJobResponse }[] = [];
  let left = wish.max;
  let refused = 0;
  for (const client of context.clients) {
    if (left === 0) break;
    try {
      const job = (await client.bulk(wish.kind, requestOf(wish, left))) as DeskJobResponse;
      if (left !== undefined) left = Math.max(0, left - job.total);
      started.push({ client, job });
    } catch (error) {
      // What the others have begun is to be followed all the same.
      if (!(error instanceof OpsError)) throw error;
      console.note(error.message);
      refused += 1;
    }
  }
  const ended = await Promise.all(started.map(({ client, job }) => follow(context, wish, client, job)));
  if (json) printJson(console, { jobs: ended });
  else if (ended.length > 0) console.print(endReport(ended));
  const running = ended.filter(({ status }) => status === 'running');
  if (running.length > 0) console.note('still running in the background; see: ./ops failed jobs');
  if (refused > 0) return EXIT.unusable;
  return running.length > 0 || ended.some(({ failed_again: again }) => again > 0) ? EXIT.found : EXIT.fine;
}

/** The job when it is done, or when patience is at its end. */
async function follow(
  context: DeskContext,
  wish: BulkWish,
  client: DeskClient,
  begun: DeskJobResponse,
): Promise<Of<DeskJobResponse>> {
  const { console } = context;
  const deadline = console.now().getTime() + wish.patienceMs;
  let job = begun;
  let told = '';
  while (job.status === 'running' && console.now().getTime() < deadline) {
    if (!(await console.pause(POLL_MS))) break;
    job = await client.job(job.job_id);
    const line = progressLine({ ...job, service: client.service });
    // The end is printed with those of the others.
    if (line !== told && job.status === 'running') console.note(line);
    told = line;
  }
  return { ...job, service: client.service };
}

function requestOf({ actor, filter, all, reason, dryRun }: BulkWish, max?: number): BulkRequest {
  const narrowed = Object.values(filter).some((value) => value !== undefined);
  return {
    ...(actor === undefined ? {} : { actor }),
    ...(narrowed ? { filter } : all ? { all: true } : {}),
    ...(max === undefined ? {} : { max }),
    ...(reason === undefined ? {} : { reason }),
    ...(dryRun ? { dry_run: true } : {}),
  };
}
