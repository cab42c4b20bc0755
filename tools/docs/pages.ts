import { EVENTS, type AnyEvent } from '@app/events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ORDER_LIFECYCLE } from '../../apps/order-service/src/domain/order-lifecycle';
import { serviceNames } from '../stack/service-names';
import { eventsPage } from './events';
import { orderFlowPage } from './order-flow';
import { subscriptionsIn, type TopicUse } from './subscriptions';

/** The generated pages, by their path from the root of the repository, as they ought to be. */
export function generatedPages(root: string): Record<string, string> {
  const consumers = consumersIn(root);
  const facts = EVENTS.map((event) => ({
    event,
    consumers: consumers.filter(({ topic }) => topic === event.type).map(({ service }) => service),
    example: goldenRecord(root, event),
  }));
  return { 'docs/order-flow.md': orderFlowPage(ORDER_LIFECYCLE), 'docs/events.md': eventsPage(facts) };
}

/** Who listens to what, in the order of the services. @throws Error for a consumer of something that is no service. */
function consumersIn(root: string): TopicUse[] {
  const found = subscriptionsIn(root);
  const known: readonly string[] = serviceNames;
  const unknown = found.find(({ service }) => !known.includes(service));
  if (unknown !== undefined) throw new Error(`${unknown.service} has a consumer and is no service`);
  return found.toSorted((a, b) => known.indexOf(a.service) - known.indexOf(b.service));
}

function goldenRecord(root: string, { type, version }: AnyEvent): unknown {
  const file = join(root, 'libs/events/fixtures', `${type}.${version}.json`);
  if (!existsSync(file)) throw new Error(`${file} is missing: every event has a golden record`);
  return JSON.parse(readFileSync(file, 'utf8'));
}
