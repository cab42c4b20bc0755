import { spanIdOf } from '@app/cloudevents';
import { currentLogContext, Tracing } from '@app/platform';
import { RecordedSpans, SAMPLED, UNSAMPLED } from '../../test/recorded-spans';
import { inCallSpan } from './call-span';

const order = { orderId: 'order-1', cause: { correlationId: 'first', causationId: 'event-1', traceparent: SAMPLED } };
const describeCall = (outcome: string) => {
  return {
    name: 'authorize payment',
    attributes: { outcome },
    error: outcome === 'ok' ? undefined : { type: outcome },
  };
};

describe('a call to the outside', () => {
  it('has a span below what made it due, in whose context it logs', async () => {
    const recorded = new RecordedSpans();
    const context = await inCallSpan(
      recorded.tracing,
      order,
      async () => currentLogContext(),
      (outcome) => ({
        ...describeCall('ok'),
        attributes: { order: outcome.orderId },
      }),
    );
    const [span] = recorded.spans;
    expect(span).toMatchObject({ name: 'authorize payment', kind: 'client', attributes: { order: 'order-1' } });
    expect(span?.parentSpanId).toBe(spanIdOf(SAMPLED));
    expect(context).toEqual({
      orderId: 'order-1',
      correlationId: 'first',
      eventId: 'event-1',
      traceparent: span?.context,
    });
  });

  it('says how it failed', async () => {
    const recorded = new RecordedSpans();
    await inCallSpan(recorded.tracing, order, async () => 'outcome_unknown', describeCall);
    expect(recorded.spans[0]?.error).toEqual({ type: 'outcome_unknown' });
  });

  it.each([
    ['of a trace that is not sampled', new RecordedSpans().tracing, UNSAMPLED],
    ['in a process that records nothing', Tracing.off, SAMPLED],
  ])('%s logs with its trace id and has no span', async (_, tracing, traceparent) => {
    const described: string[] = [];
    const origin = { orderId: 'order-1', cause: { correlationId: 'first', traceparent } };
    const context = await inCallSpan(
      tracing,
      origin,
      async () => currentLogContext(),
      () => {
        described.push('described');
        return describeCall('ok');
      },
    );
    expect(context.traceparent).toBe(traceparent);
    expect(described).toEqual([]);
  });
});
