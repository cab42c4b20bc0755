import { spanIdOf } from '@app/cloudevents';
import type { Stopwatch, Tracing } from '@app/platform';
import type { OutgoingEvent } from './unit-of-work';

/**
 * A span `COMMIT` for each sampled trace that a transaction is part of, as the events it publishes tell. Statements have none: there are
 * few, each for many orders, and their time is what remains of the span around them.
 */
export function recordCommit(tracing: Tracing, events: readonly OutgoingEvent[], stopwatch: Stopwatch): void {
  const parents = new Set(events.map(({ cause }) => cause.traceparent).filter((context) => tracing.records(context)));
  const { startedAt, durationMs } = stopwatch;
  for (const parent of parents) {
    tracing.record({
      name: 'COMMIT',
      kind: 'client',
      context: tracing.below(parent),
      parentSpanId: spanIdOf(parent),
      startedAt,
      durationMs,
      attributes: { 'db.system.name': 'postgresql', 'db.operation.name': 'COMMIT' },
    });
  }
}
