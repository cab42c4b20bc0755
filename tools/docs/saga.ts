import type { AnyEvent } from '@app/events';
import { stateDiagram, type StateMachine } from '@app/lifecycle';
import type { EventHandler } from './handlers';
import { code, fenced, GENERATED, table } from './write-markdown';

/** A lifecycle with the file that has its table, from the root of the repository. */
export interface DrawnLifecycle {
  readonly title: string;
  readonly about: string;
  readonly path: string;
  readonly machine: StateMachine<string>;
}

/** A handler with the contract that it names. */
export interface SagaStep extends EventHandler {
  readonly event: AnyEvent;
}

/** The page that tells the whole saga of an order, made from the contracts, the consumers and the lifecycles. */
export function sagaPage(steps: readonly SagaStep[], lifecycles: readonly DrawnLifecycle[]): string {
  return `${GENERATED}

# The saga of an order

An order is a saga: a chain of local transactions in four services, each of which publishes the events that the next one
waits for. No service directs it (choreography). Compensation (a hold that is released, stock that is returned) is started by
the event \`order_cancelled\`.

${fenced('mermaid', flowOf(steps))}

## Which event reaches which use case

The events are described in [events.md](events.md), the life of an order step by step in [order-flow.md](order-flow.md).

${table(
  ['event', 'published by', 'consumer', 'use case'],
  steps.map(({ event, service, consumer, useCase }) => [
    `[${code(event.type)}](events.md#${event.type})`,
    event.publisher.replace('-service', ''),
    `${service}: [${code(consumer.name)}](../${consumer.path})`,
    `[${code(useCase.name)}](../${useCase.path})`,
  ]),
)}

# Lifecycles

Each arrow says what happened and, after the slash, what the service publishes because of it.

${lifecycles.map(sectionOf).join('\n\n')}
`;
}

function flowOf(steps: readonly SagaStep[]): string {
  const arrows = [...Map.groupBy(steps, ({ event, service }) => `${event.publisher} --> ${service}`)].map(
    ([ends, group]) => {
      const [from, to] = ends.split(' --> ');
      return `  ${from} -->|${group.map(({ event }) => event.type).join('<br/>')}| ${to}`;
    },
  );
  return ['flowchart LR', '  client([client]) -->|POST /orders| order-service', ...arrows].join('\n');
}

function sectionOf({ title, about, path, machine }: DrawnLifecycle): string {
  return `## ${title}

${about} The table is in [${path.split('/').at(-1)}](../${path}).

${fenced('mermaid', stateDiagram(machine))}`;
}
