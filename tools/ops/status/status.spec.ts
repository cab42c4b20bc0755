import { exitOf, needsAttention } from './attention.ts';
import type { Backlog, Work } from './backlog.ts';
import { ratesBetween } from './rates.ts';
import { statusReport } from './status-report.ts';
import type { Status } from './status.ts';

const SERVICES = {
  'order-service': 'http://localhost:8001',
  'payment-service': 'http://localhost:8002',
  'inventory-service': 'http://localhost:8003',
  'notification-service': 'http://localhost:8004',
};
const WORK: Work = {
  ordersByState: { pending: 1, confirmed: 9 },
  ordersPastDeadline: 0,
  unknownPayments: 0,
  duePayments: 0,
  undeliveredNotifications: 0,
  oldestUndeliveredMs: 0,
  failedNotifications: 0,
};

function backlog(overrides: Partial<Backlog> = {}): Backlog {
  const empty = { outbox: 0, outboxAgeMs: 0, retrying: 0, waiting: 0, deadLettered: 0, quarantined: 0 };
  return { service: 'payment-service', ...empty, ...overrides };
}

function status(overrides: Partial<Status> = {}): Status {
  return {
    health: [{ service: 'payment-service', status: 'up', dependencies: { kafka: 'up' } }],
    backlog: [backlog()],
    work: WORK,
    lag: [{ service: 'payment-service', topic: 'order_created', records: 3, handled: 100 }],
    ...overrides,
  };
}

describe('a system in which all is well', () => {
  it('needs no attention, although records wait and an outbox is being emptied', () => {
    const findings = needsAttention(status({ backlog: [backlog({ outbox: 5, outboxAgeMs: 900 })] }), SERVICES);
    expect(findings).toEqual([]);
    expect(exitOf(status(), findings)).toBe(0);
  });
});

describe('what needs attention', () => {
  it.each([
    [
      { health: [{ service: 'payment-service', status: 'degraded', dependencies: { kafka: 'down', redis: 'up' } }] },
      'payment-service is degraded (kafka down): see `curl http://localhost:8002/health`',
    ],
    [
      { backlog: [backlog({ outbox: 2, outboxAgeMs: 180_000 })] },
      'payment-service has 2 unpublished events, the oldest for 3 min: see `./ops topics`',
    ],
    [
      { backlog: [backlog({ deadLettered: 1, quarantined: 1 })] },
      'payment-service has 2 failed messages: see `./ops failed groups --service payment-service`',
    ],
    [{ work: { ...WORK, unknownPayments: 1 } }, /^1 payment of unknown outcome: .*see `\.\/ops sql/],
    [{ work: { ...WORK, ordersPastDeadline: 2 } }, /^2 orders past the deadline: see `\.\/ops sql/],
  ] satisfies (readonly [Partial<Status>, string | RegExp])[])('%j is said in one sentence', (overrides, sentence) => {
    const seen = status(overrides);
    const findings = needsAttention(seen, SERVICES);
    expect(findings).toEqual([typeof sentence === 'string' ? sentence : expect.stringMatching(sentence)]);
    expect(exitOf(seen, findings)).toBe(1);
  });

  it('is less than a part that does not answer', () => {
    const { lag: _, ...withoutKafka } = status();
    expect(exitOf(withoutKafka, [])).toBe(2);
  });
});

describe('two looks at a system', () => {
  const later = status({
    work: { ...WORK, ordersByState: { pending: 5, confirmed: 25 } },
    lag: [{ service: 'payment-service', topic: 'order_created', records: 1, handled: 130 }],
  });

  it('give the orders placed and the events handled a second, and how the lag has changed', () => {
    const { orders, services } = ratesBetween(status(), later, 2);
    expect(orders).toBe(10);
    expect(services.get('payment-service')).toEqual({ handled: 15, lagChange: -2 });
  });

  it('are told beside what is there now', () => {
    const text = statusReport(later, (_colour, words) => words, ratesBetween(status(), later, 2));
    expect(text).toMatch(/^SERVICE .*EVENTS\/S {2}LAG \+\/-$/m);
    expect(text).toMatch(/^payment-service .* 15 +-2$/m);
    expect(text).toMatch(/^orders .*; 10 placed\/s$/m);
  });

  it('tell no rate of what was not seen twice', () => {
    const { lag: _, ...withoutKafka } = status();
    expect(ratesBetween(withoutKafka, later, 2).services.size).toBe(0);
  });
});
