import { EVENTS, ORDER_NUMBER } from '@app/events';
import { fetchAnswers, mermaidOf, type Timeline, timelineOf } from '@app/timeline';
import { printJson, type Console } from '../cli/console.ts';
import { EXIT, OpsError, type ExitCode } from '../cli/exit-code.ts';
import { orderId } from '../cli/options.ts';
import { printable } from '../cli/printable.ts';
import type { SystemAddresses } from '../cli/target.ts';
import { orderReport } from './order-report.ts';

/** How an order is shown. */
export interface OrderOptions {
  readonly json?: true;
  readonly mermaid?: true;
  readonly messages?: true;
  readonly raw?: true;
  readonly timeoutMs: number;
}

/** No order has that many events of one type. */
const MOST_OF_A_TYPE = 100;

/** Shows one order over all services. */
export async function orderCommand(
  console: Console,
  addresses: Pick<SystemAddresses, 'services' | 'kafka'>,
  order: string,
  options: OrderOptions,
): Promise<ExitCode> {
  const { services, kafka } = addresses;
  const id = await orderIdOf(services['order-service'], order, options.timeoutMs);
  const timeline = timelineOf(await fetchAnswers(services, id, options.timeoutMs));
  for (const service of timeline.unanswered) console.note(`not shown, ${service}`);
  if (!isKnown(timeline)) throw new OpsError(`no service that answers knows the order ${order}`);
  const records = options.raw === true ? await rawOf(kafka, id) : undefined;
  if (options.json) printJson(console, { ...timeline, ...(records && { records }) });
  else if (options.mermaid) console.print(printable(mermaidOf(timeline)));
  else console.print(orderReport(timeline, console, { messages: options.messages ?? false, records }));
  return timeline.attention.length > 0 || timeline.unanswered.length > 0 ? EXIT.found : EXIT.fine;
}

function isKnown({ order, payment, messages }: Timeline): boolean {
  return order !== null || payment !== null || messages.length > 0;
}

/** @throws OpsError for what is neither an id nor a number, and for a number that no order has */
async function orderIdOf(url: string, order: string, timeoutMs: number): Promise<string> {
  const number = order.toUpperCase();
  return ORDER_NUMBER.test(number) ? idOf(url, number, timeoutMs) : orderId(order);
}

async function idOf(url: string, number: string, timeoutMs: number): Promise<string> {
  let response: Response;
  try {
    response = await fetch(`${url}/orders?order_number=${number}`, { signal: AbortSignal.timeout(timeoutMs) });
  } catch {
    throw new OpsError(`the order service does not answer at ${url}; it alone knows orders by their number`);
  }
  const { orders = [] } = (await response.json()) as { orders?: { order_id: string }[] };
  const [found] = orders;
  if (found === undefined) throw new OpsError(`there is no order with the number ${number}`);
  return found.order_id;
}

async function rawOf(brokers: readonly string[], key: string) {
  const { findRecords } = await import('../topics/record-reader.ts');
  const { shownRecord } = await import('../topics/read-command.ts');
  const topics = EVENTS.filter((event) => event.key === 'order').map(({ type }) => type);
  const found = [];
  for (const topic of topics) {
    const records = await findRecords(brokers, { topic, key, max: MOST_OF_A_TYPE });
    found.push(...records.map((record) => shownRecord(topic, record)));
  }
  return found.toSorted((a, b) => (a.at < b.at ? -1 : 1));
}
