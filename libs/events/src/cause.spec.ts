import { actorOf, causeOf } from './cause';

const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

describe('an event that others follow from', () => {
  it('is their cause, and hands on its correlation and its trace', () => {
    const cause = { correlationId: 'first', causationId: 'the one before', traceparent: TRACEPARENT };
    expect(causeOf({ id: 'event-1', cause })).toEqual({
      correlationId: 'first',
      causationId: 'event-1',
      traceparent: TRACEPARENT,
    });
  });

  it('has no trace to hand on when it came without one', () => {
    expect(Object.keys(causeOf({ id: 'event-1', cause: { correlationId: 'first' } }))).toEqual([
      'correlationId',
      'causationId',
    ]);
  });

  it('was published by the service its source names', () => {
    expect(actorOf({ source: '/payment-service' })).toBe('payment-service');
    expect(actorOf({ source: 'payment-service' })).toBe('payment-service');
  });
});
