import type { AnyEvent } from '@app/events';
import { stateDiagram, type DiagramStep, type StateMachine } from '@app/lifecycle';
import type { EventHandler } from './handlers';
import { code, fenced, GENERATED, table } from './write-markdown';

/** A diagram of a part of a lifecycle. */
export interface LifecycleView {
  readonly title: string;
  readonly shows: (step: DiagramStep) => boolean;
}

/** A lifecycle with the file that has its table, from the root of the repository. */
export interface DrawnLifecycle {
  readonly title: string;
  readonly about: string;
  readonly path: string;
  readonly machine: StateMachine<string>;
  /** For one that is too large to be read in one diagram: each step is in one of them. */
  readonly views?: readonly LifecycleView[];
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

Each line on an arrow is something that may happen. Below the slash stands the event that the service publishes because
of it. What has a thick border may stay as it is forever.

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

function sectionOf({ title, about, path, machine, views }: DrawnLifecycle): string {
  const diagrams =
    views === undefined
      ? [fenced('mermaid', stateDiagram(machine))]
      : views.map((view) => `### ${view.title}\n\n${fenced('mermaid', stateDiagram(machine, view.shows))}`);
  return `## ${title}

${about} The table is in [${path.split('/').at(-1)}](../${path}).

${diagrams.join('\n\n')}`;
}
