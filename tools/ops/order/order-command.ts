import { ORDER_NUMBER } from '@app/events';
import { ask, credentialsHint } from '../cli/ask.ts';
import { fetchAnswers, mermaidOf, timelineOf, type Answers, type Timeline } from '@app/timeline';
import { serviceNames } from '../../stack/service-names.ts';
import { printJson, type Console } from '../cli/console.ts';
import { EXIT, OpsError, type ExitCode } from '../cli/exit-code.ts';
import { orderId } from '../cli/options.ts';
import { printable } from '../cli/printable.ts';
import type { SystemAddresses } from '../cli/target.ts';
import { recordsOf, type FoundEvent } from './order-records.ts';
import { orderReport } from './order-report.ts';

/** How an order is shown. */
export interface OrderOptions {
  readonly json?: true;
  readonly mermaid?: true;
  readonly messages?: true;
  readonly raw?: true;
  readonly timeoutMs: number;
}

/** Shows one order over all services. */
export async function orderCommand(
  console: Console,
  addresses: Pick<SystemAddresses, 'services' | 'kafka' | 'traces'>,
  order: string,
  options: OrderOptions,
): Promise<ExitCode> {
  const { services, kafka, traces } = addresses;
  const id = await orderIdOf(services['order-service'], order, options.timeoutMs);
  const answers = await fetchAnswers(services, id, options.timeoutMs, ask);
  if (!isKnown(answers)) {
    noteUnanswered(console, answers);
    throw new OpsError(whyUnknown(answers, order));
  }
  const { found, unanswered } = options.raw === true ? await readRecords(kafka, id) : NOT_READ;
  const events = found?.flatMap(({ event }) => event ?? []);
  const timeline = timelineOf({ ...answers, unanswered: [...answers.unanswered, ...unanswered] }, events);
  show(console, timeline, { found, traces }, options);
  return timeline.attention.length > 0 || timeline.unanswered.length > 0 ? EXIT.found : EXIT.fine;
}

interface ReadRecords extends Pick<Answers, 'unanswered'> {
  readonly found: readonly FoundEvent[] | undefined;
}

const NOT_READ: ReadRecords = { found: undefined, unanswered: [] };

/** The rest is shown without Kafka too. */
async function readRecords(brokers: readonly string[], key: string): Promise<ReadRecords> {
  try {
    return { found: await recordsOf(brokers, key), unanswered: [] };
  } catch (error) {
    if (!(error instanceof OpsError)) throw error;
    return { ...NOT_READ, unanswered: [{ service: 'kafka', why: error.message }] };
  }
}

function show(
  console: Console,
  timeline: Timeline,
  { found, traces }: { readonly found: readonly FoundEvent[] | undefined; readonly traces: string | undefined },
  { json, mermaid, messages }: OrderOptions,
): void {
  const records = found?.map(({ shown }) => shown);
  if (json !== true && mermaid !== true) {
    console.print(orderReport(timeline, console, { messages: messages === true, records, traces }));
    return;
  }
  // The page says it at its end.
  noteUnanswered(console, timeline);
  if (json) printJson(console, { ...timeline, ...(records && { records }) });
  else console.print(printable(mermaidOf(timeline)));
}

function noteUnanswered(console: Console, { unanswered }: Pick<Answers, 'unanswered'>): void {
  for (const { service, why } of unanswered) console.note(`${service} is not shown, it did not answer: ${why}`);
}

function isKnown({ order, payment, allocation, notifications, failed }: Answers): boolean {
  const isBlocked = Object.values(failed).some((messages) => messages.length > 0);
  return order !== null || payment !== null || allocation !== null || notifications.length > 0 || isBlocked;
}

function whyUnknown({ unanswered }: Answers, order: string): string {
  if (unanswered.length === 0) return `there is no order ${order}`;
  if (unanswered.every(({ why }) => why === 'HTTP 401'))
    return `the services ask for credentials${credentialsHint(401)}`;
  return unanswered.length === serviceNames.length
    ? 'no service answers; is the system started? See ./ops status'
    : `no service that answers knows the order ${order}`;
}

/** @throws OpsError for what is neither an id nor a number, and for a number that no order has */
async function orderIdOf(url: string, order: string, timeoutMs: number): Promise<string> {
  const number = order.toUpperCase();
  return ORDER_NUMBER.test(number) ? idOf(url, number, timeoutMs) : orderId(order);
}

async function idOf(url: string, number: string, timeoutMs: number): Promise<string> {
  let orders: readonly { order_id: string }[];
  try {
    const response = await ask(`${url}/orders?order_number=${number}`, { signal: AbortSignal.timeout(timeoutMs) });
    if (!response.ok) throw new Error(`HTTP ${response.status}${credentialsHint(response.status)}`);
    ({ orders } = (await response.json()) as { orders: { order_id: string }[] });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new OpsError(
      `the order service does not answer at ${url} (${why}); it alone knows orders by their number: give the id`,
    );
  }
  const [found] = orders;
  if (found === undefined) throw new OpsError(`there is no order with the number ${number}`);
  return found.order_id;
}
