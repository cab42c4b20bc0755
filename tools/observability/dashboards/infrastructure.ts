import type { Dashboard } from '../dashboard.ts';

const UP = { 0: { text: 'down', color: 'red' }, 1: { text: 'up', color: 'green' } } as const;
const BREAKER = {
  0: { text: 'closed', color: 'green' },
  1: { text: 'half-open', color: 'orange' },
  2: { text: 'open', color: 'red' },
} as const;

export const infrastructure: Dashboard = {
  uid: 'infrastructure',
  title: 'Infrastructure',
  description:
    'Are PostgreSQL, Kafka, Redis and the world outside there for the services, and is there enough of them?',
  rows: [
    {
      title: 'What the services see',
      panels: [
        {
          title: 'Instances that answer',
          description: 'Instances of each service that Prometheus reaches. Zero means that the service is away.',
          kind: 'number',
          unit: 'short',
          width: 12,
          queries: [{ expr: 'sum by (job) (up{job=~"$service"})', legend: '{{job}}' }],
          runbook: 'a-service-is-not-ready',
        },
        {
          title: 'Circuit breakers',
          description: 'Open: what is behind it does not answer, and is only probed. Half-open: a probe is on its way.',
          kind: 'number',
          unit: 'none',
          width: 12,
          thresholds: { warn: 1, bad: 2 },
          values: BREAKER,
          queries: [{ expr: 'max by (name) (circuit_breaker_state{job=~"$service"})', legend: '{{name}}' }],
          runbook: 'the-payment-gateway-is-away',
        },
        {
          title: 'Dependencies',
          description: 'As the health checks of each service see them. Only PostgreSQL makes a service unready.',
          kind: 'lines',
          unit: 'none',
          width: 24,
          values: UP,
          queries: [
            { expr: 'min by (job, dependency) (dependency_up{job=~"$service"})', legend: '{{job}} {{dependency}}' },
          ],
          runbook: 'a-service-is-not-ready',
        },
      ],
    },
    {
      title: 'PostgreSQL',
      panels: [
        {
          title: 'Connections in use',
          description: 'Sessions of the pool that somebody has. At the top of the pool the next one has to wait.',
          kind: 'lines',
          unit: 'short',
          width: 8,
          queries: [
            {
              expr: 'sum by (job) (db_client_connection_count{job=~"$service",state="used"})',
              legend: '{{job}}',
            },
          ],
          runbook: 'callers-wait-for-a-database-connection',
        },
        {
          title: 'Share of the pool in use',
          description: 'Near 100 % for long: statements are slow, or the pool is too small for the load.',
          kind: 'lines',
          unit: 'percentunit',
          width: 8,
          thresholds: { warn: 0.8, bad: 1 },
          queries: [
            {
              expr: 'sum by (job, instance) (db_client_connection_count{job=~"$service",state="used"}) / on (job, instance) max by (job, instance) (db_client_connection_max{job=~"$service"})',
              legend: '{{job}} {{instance}}',
            },
          ],
          runbook: 'callers-wait-for-a-database-connection',
        },
        {
          title: 'Callers that wait for a connection',
          description: 'Zero almost always. For minutes: requests and batches take longer because of it.',
          kind: 'lines',
          unit: 'short',
          width: 8,
          thresholds: { bad: 1 },
          queries: [
            {
              expr: 'max by (job, instance) (db_client_connection_pending_requests{job=~"$service"})',
              legend: '{{job}} {{instance}}',
            },
          ],
          runbook: 'callers-wait-for-a-database-connection',
        },
      ],
    },
    {
      title: 'Cache and figures',
      panels: [
        {
          title: 'Answers of the cache per second',
          description: 'Errors: Redis is away, and PostgreSQL is asked instead.',
          kind: 'areas',
          unit: 'ops',
          width: 12,
          queries: [
            {
              expr: 'sum by (outcome) (rate(cache_requests_total{job=~"$service"}[$__rate_interval]))',
              legend: '{{outcome}}',
            },
          ],
          runbook: 'redis-is-down',
        },
        {
          title: 'Share of reads that the cache answers',
          description: 'A fall costs PostgreSQL. After Redis has come back empty it rises again by itself.',
          kind: 'lines',
          unit: 'percentunit',
          width: 12,
          queries: [
            {
              expr: 'sum by (job) (rate(cache_requests_total{job=~"$service",outcome="hit"}[$__rate_interval])) / sum by (job) (rate(cache_requests_total{job=~"$service"}[$__rate_interval]))',
              legend: '{{job}}',
            },
          ],
          runbook: 'redis-is-down',
        },
        {
          title: 'Figures that could not be read, per second',
          description:
            'What a service asks PostgreSQL or Kafka at a scrape, and did not get in two seconds. Alerts on them are silent.',
          kind: 'lines',
          unit: 'ops',
          width: 12,
          thresholds: { bad: 0.01 },
          queries: [
            {
              expr: 'sum by (job, collector) (rate(metrics_collect_failures_total{job=~"$service"}[$__rate_interval]))',
              legend: '{{job}} {{collector}}',
            },
          ],
          runbook: 'figures-are-missing',
        },
        {
          title: 'Time for a scrape',
          description: 'How long a service needs to say how it is. Two seconds: PostgreSQL or Kafka did not answer it.',
          kind: 'lines',
          unit: 's',
          width: 12,
          thresholds: { warn: 1, bad: 5 },
          queries: [{ expr: 'scrape_duration_seconds{job=~"$service"}', legend: '{{job}} {{instance}}' }],
        },
      ],
    },
  ],
};
