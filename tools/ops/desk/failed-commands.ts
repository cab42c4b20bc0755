import type { FailedMessageResponse } from '@app/desk';
import type { MessageFilter } from './desk-client.ts';
import type { ServiceName } from '../../stack/service-names.ts';
import { printJson, type Console } from '../cli/console.ts';
import { EXIT, OpsError, type ExitCode } from '../cli/exit-code.ts';
import { printableJson } from '../cli/printable.ts';
import { DeskRefusal, type DeskClient } from './desk-client.ts';
import { detailReport, groupReport, jobReport, listReport, type Of } from './desk-reports.ts';

/** The most jobs that a service gives in one answer. */
const MOST_JOBS = 100;

/** What is common to all commands of the desk. */
export interface DeskContext {
  readonly console: Console;
  readonly clients: readonly DeskClient[];
  readonly json: boolean;
}

/** An answer of each service that gave one; those that did not are noted. */
export interface Gathered<Answer> {
  readonly answers: readonly { readonly client: DeskClient; readonly answer: Answer }[];
  readonly unreachable: readonly ServiceName[];
}

/** Asks all services at once. One that is down does not hide what the others say. @throws OpsError when none answers. */
export async function fromAll<Answer>(
  { clients, console }: DeskContext,
  ask: (client: DeskClient) => Promise<Answer>,
): Promise<Gathered<Answer>> {
  const results = await Promise.allSettled(clients.map(ask));
  const answers: { client: DeskClient; answer: Answer }[] = [];
  const unreachable: ServiceName[] = [];
  const reasons: string[] = [];
  for (const [index, result] of results.entries()) {
    const client = clients[index];
    if (client === undefined) continue;
    if (result.status === 'fulfilled') answers.push({ client, answer: result.value });
    else {
      if (!(result.reason instanceof OpsError)) throw result.reason;
      unreachable.push(client.service);
      reasons.push(result.reason.message);
    }
  }
  if (answers.length === 0) throw new OpsError(reasons.join('\n'));
  for (const reason of reasons) console.note(reason);
  return { answers, unreachable };
}

/** 2 when somebody could not be asked, 1 when there was something to find. */
export function exitOf({ unreachable }: Gathered<unknown>, found: boolean): ExitCode {
  if (unreachable.length > 0) return EXIT.unusable;
  return found ? EXIT.found : EXIT.fine;
}

export async function list(context: DeskContext, filter: MessageFilter, limit: number): Promise<ExitCode> {
  const { console, json } = context;
  const gathered = await fromAll(context, (client) => client.list(filter, limit));
  const messages = ofAll(gathered)
    .toSorted((a, b) => b.created_at.localeCompare(a.created_at))
    .slice(0, limit);
  if (json) printJson(console, { failed_messages: messages, unreachable: gathered.unreachable });
  else console.print(listReport(messages, console.now()));
  return exitOf(gathered, messages.length > 0);
}

export async function groups(context: DeskContext, filter: MessageFilter): Promise<ExitCode> {
  const { console, json } = context;
  const gathered = await fromAll(context, (client) => client.groups(filter));
  const found = gathered.answers
    .flatMap(({ client, answer }) => answer.groups.map((group) => ({ ...group, service: client.service })))
    .toSorted((a, b) => b.count - a.count);
  const incomplete = gathered.answers.filter(({ answer }) => !answer.complete).map(({ client }) => client.service);
  for (const service of incomplete)
    console.note(`${service} has more: only the 200 largest groups of its newest 10,000 messages are shown.`);
  if (json) printJson(console, { groups: found, incomplete, unreachable: gathered.unreachable });
  else console.print(groupReport(found, console.now()));
  return exitOf(gathered, found.length > 0);
}

export async function show(context: DeskContext, id: string): Promise<ExitCode> {
  const { console, json } = context;
  const { client, answer } = await findOwner(context, (candidate) => candidate.show(id), id);
  const message = { ...answer, service: client.service };
  if (json) printJson(console, message);
  else console.print(detailReport(message));
  return EXIT.fine;
}

/**
 * Up to `limit` jobs of each service. A command for all services has a job in each, most of them with nothing to do: those are left
 * out before the list is cut, so that they push out none that works.
 */
export async function jobs(context: DeskContext, limit: number): Promise<ExitCode> {
  const { console, json } = context;
  const gathered = await fromAll(context, async (client) => {
    const newest = await client.jobs(MOST_JOBS);
    return newest.filter(({ total }) => total > 0).slice(0, limit);
  });
  const found = ofAll(gathered).toSorted((a, b) => b.created_at.localeCompare(a.created_at));
  if (json) printJson(console, { jobs: found, unreachable: gathered.unreachable });
  else console.print(jobReport(found, console.now()));
  return exitOf(gathered, false);
}

/** One message a line, as JSON, whatever `--json` says. */
export async function exportAll(context: DeskContext, filter: MessageFilter): Promise<ExitCode> {
  for (const client of context.clients) {
    for await (const line of client.export(filter)) {
      context.console.print(printableJson({ service: client.service, ...(JSON.parse(line) as FailedMessageResponse) }));
    }
  }
  return EXIT.fine;
}

/** Prints the groups again and again until it is interrupted. */
export async function watch(context: DeskContext, filter: MessageFilter, intervalMs: number): Promise<ExitCode> {
  const { console, json } = context;
  let interrupted = false;
  while (!interrupted) {
    if (!json)
      console.print(`\u001b[2J\u001b[H${console.now().toISOString()}  every ${intervalMs / 1_000} s, Ctrl-C ends\n`);
    try {
      await groups(context, filter);
    } catch (error) {
      if (!(error instanceof OpsError)) throw error;
      console.note(error.message);
    }
    interrupted = !(await console.pause(intervalMs));
  }
  return EXIT.fine;
}

/** An id says nothing about its service: whoever knows it answers. @throws OpsError when nobody does. */
export async function findOwner<Answer>(
  context: DeskContext,
  ask: (client: DeskClient) => Promise<Answer>,
  id: string,
): Promise<{ readonly client: DeskClient; readonly answer: Answer }> {
  const silent: string[] = [];
  for (const client of context.clients) {
    try {
      return { client, answer: await ask(client) };
    } catch (error) {
      if (!(error instanceof OpsError)) throw error;
      if (!(error instanceof DeskRefusal)) silent.push(error.message);
      else if (error.status !== 404) throw error;
    }
  }
  throw new OpsError([`no failed message has the id ${id}`, ...silent].join('\n'));
}

function ofAll<Item extends object>({ answers }: Gathered<readonly Item[]>): Of<Item>[] {
  return answers.flatMap(({ client, answer }) => answer.map((item) => ({ ...item, service: client.service })));
}
