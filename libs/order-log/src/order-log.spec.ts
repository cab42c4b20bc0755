import type { EventEnvelope } from '@app/events';
import { BufferedLog } from '@app/platform';
import { OrderLog, type OrderLogMode } from './order-log';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const EVENT: EventEnvelope = {
  id: '0197a000-0000-7000-8000-00000000000e',
  source: '/order-service',
  type: 'order_confirmed',
  time: new Date(0),
  orderId: '0197a000-0000-7000-8000-0000000000aa',
  sequence: 0,
  dataschema: 'order_confirmed/1',
  cause: { correlationId: 'checkout-7', causationId: 'event-1', traceparent: `00-${TRACE}-00f067aa0ba902b7-01` },
  payload: { order_number: '7F3K-29QX', user_id: 'u', currency: 'USD', total_amount: 5 },
};

function logged(mode: OrderLogMode, events: readonly EventEnvelope[], level: 'info' | 'warn' = 'info') {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const log = new BufferedLog({ service: 'order-service', version: '1', level, format: 'json', destination });
  new OrderLog(log, mode).published(events);
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('the log of orders', () => {
  it('has a line for each published event, which leads to the order, its cause and its trace', () => {
    expect(logged('all', [EVENT])).toEqual([
      {
        level: 'info',
        time: expect.any(String),
        service: 'order-service',
        version: '1',
        message: 'Order 7F3K-29QX confirmed',
        event: 'order_confirmed',
        order_id: EVENT.orderId,
        event_id: EVENT.id,
        causation_id: 'event-1',
        correlation_id: 'checkout-7',
        trace_id: TRACE,
        order_number: '7F3K-29QX',
        total_amount: 5,
        currency: 'USD',
      },
    ]);
  });

  it('leaves out what there is not', () => {
    const [line] = logged('all', [{ ...EVENT, cause: { correlationId: 'c' } }]);
    expect(Object.keys(line ?? {})).not.toEqual(expect.arrayContaining(['causation_id']));
    expect(Object.keys(line ?? {})).not.toEqual(expect.arrayContaining(['trace_id']));
  });

  it('is empty when it is off, and below the level of the service', () => {
    expect(logged('off', [EVENT])).toEqual([]);
    expect(logged('all', [EVENT], 'warn')).toEqual([]);
  });

  it('has all or nothing of an order when it is sampled: about one of a hundred', () => {
    const orders = Array.from({ length: 5_000 }, (_, n) => {
      const random = Math.imul(n + 1, 2_654_435_761) >>> 0;
      return { ...EVENT, orderId: `0197a000-0000-7000-8000-0000${random.toString(16).padStart(8, '0')}` };
    });
    const sampled = logged('sampled', orders).map(({ order_id }) => order_id);
    expect(sampled.length).toBeGreaterThan(20);
    expect(sampled.length).toBeLessThan(90);
    expect(logged('sampled', orders).map(({ order_id }) => order_id)).toEqual(sampled);
  });

  it('writes no card number and no address that somebody chose as an id', () => {
    const [line] = logged('all', [{ ...EVENT, cause: { correlationId: 'jane@example.com' } }]);
    expect(JSON.stringify(line)).not.toContain('jane@example.com');
  });
});

describe('a step that is no event', () => {
  const cause = { correlationId: 'checkout-7', causationId: 'event-1', traceparent: `00-${TRACE}-00f067aa0ba902b7-01` };
  const note = { orderId: EVENT.orderId, message: 'Gateway asked in vain', fields: { attempts: 2 }, cause };

  it('has a line with the ids of its order and its cause', () => {
    const lines: string[] = [];
    const destination = { write: (line: string) => void lines.push(line) };
    const log = new BufferedLog({ service: 's', version: '1', level: 'info', format: 'json', destination });
    new OrderLog(log, 'all').noted([note]);
    new OrderLog(log, 'off').noted([note]);
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      expect.objectContaining({
        message: 'Gateway asked in vain',
        order_id: EVENT.orderId,
        causation_id: 'event-1',
        correlation_id: 'checkout-7',
        trace_id: TRACE,
        attempts: 2,
      }),
    ]);
  });
});
