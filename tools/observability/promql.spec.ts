import { referencesOf, scaledDuration, scaledQuery } from './promql';

describe('a query of PromQL', () => {
  it('names metrics, the labels it selects by, and those it groups by', () => {
    const query =
      'sum by (job, le) (rate(x_bucket{topic="a"}[5m])) / on (job) group_left (group) y unless a:b:c{job=~"d"}';
    expect(referencesOf(query)).toEqual({
      selectors: [
        { metric: 'x_bucket', labels: ['topic'], text: 'x_bucket{topic="a"}' },
        { metric: 'y', labels: [], text: 'y' },
        { metric: 'a:b:c', labels: ['job'], text: 'a:b:c{job=~"d"}' },
      ],
      grouping: ['job', 'le', 'job', 'group'],
    });
  });

  it('is refused when it cannot be parsed, with the place', () => {
    expect(() => referencesOf('sum(rate(a[5m])')).toThrow('not PromQL at character 16');
    expect(() => referencesOf('')).toThrow('not PromQL');
  });
});

describe('a query for a clock that runs twenty times as fast', () => {
  it.each([
    ['max by (job) (outbox_oldest_unpublished_seconds) > 60', 'max by (job) (outbox_oldest_unpublished_seconds) > 3'],
    ['due_work_oldest_seconds > 300', 'due_work_oldest_seconds > 15'],
    ['kafka_consumergroup_lag_seconds > 60 and up == 0', 'kafka_consumergroup_lag_seconds > 3 and up == 0'],
    ['sum(rate(a_total[5m])) > 0.05', 'sum(rate(a_total[15000ms])) > 0.05'],
    ['deriv(kafka_consumergroup_lag_seconds[5m]) > 0', 'deriv(kafka_consumergroup_lag_seconds[15000ms]) > 0'],
    ['increase(a_total[1h] offset 1d) > 100', 'increase(a_total[180000ms] offset 4320000ms) > 100'],
    ['nodejs_eventloop_lag_p99_seconds > 0.2', 'nodejs_eventloop_lag_p99_seconds > 0.2'],
    [
      'failed_messages > 1 or orders:missed:ratio_rate1h > 14.4 * 0.005',
      'failed_messages > 1 or orders:missed:ratio_rate1h > 14.4 * 0.005',
    ],
  ])('divides ranges and limits of ages, and nothing else: %s', (query, scaled) => {
    expect(scaledQuery(query, 20)).toBe(scaled);
  });

  it('waits a twentieth of the time', () => {
    expect(scaledDuration('1h30m', 20)).toBe('270000ms');
    expect(scaledDuration('1ms', 20)).toBe('1ms');
    expect(() => scaledDuration('soon', 20)).toThrow('soon is not a duration');
  });
});
