import { EVENTS, type AnyEvent } from '@app/events';
import * as contracts from '@app/events';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ORDER_LIFECYCLE } from '../../apps/order-service/src/domain/order-lifecycle';
import { serviceNames } from '../local/service-names';
import { eventsPage } from './events';
import { orderFlowPage } from './order-flow';

/** The generated pages, by their path from the root of the repository, as they ought to be. */
export function generatedPages(root: string): Record<string, string> {
  const consumers = subscriptions(root);
  const facts = EVENTS.map((event) => ({
    event,
    consumers: consumers.filter(({ type }) => type === event.type).map(({ service }) => service),
    example: goldenRecord(root, event),
  }));
  return { 'docs/order-flow.md': orderFlowPage(ORDER_LIFECYCLE), 'docs/events.md': eventsPage(facts) };
}

/**
 * Who listens to what, by the `@OnEvent(…)` methods of the consumers. Read from their text: it needs nothing of what they
 * would need to be loaded. @throws Error for a subscription to something that is no event.
 */
function subscriptions(root: string): { readonly service: string; readonly type: string }[] {
  const files = globSync('apps/*/src/messaging/*.consumer.ts', { cwd: root }).toSorted();
  const found = files.flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/@OnEvent\((\w+)\)/g)].map(([, name = '']) => {
      const event = EVENTS.find((known) => known === (contracts as Record<string, unknown>)[name]);
      if (event === undefined) throw new Error(`${file} listens to ${name}, which is no event`);
      return { service: file.split('/')[1] ?? '', type: event.type };
    }),
  );
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
