import type { Dashboard } from '../dashboard.ts';

/** Of requests of customers: probes of a supervisor are neither slow nor news. */
const REQUESTS = '{job=~"$service",http_route!~"/health.*|/metrics"}';
const FAILED = '{job=~"$service",http_route!~"/health.*|/metrics",http_response_status_code=~"5.."}';

export const services: Dashboard = {
  uid: 'services',
  title: 'Services',
  description: 'Does each service answer, how fast, and does its process have enough of everything?',
  rows: [
    {
      title: 'HTTP',
      panels: [
        {
          title: 'Requests per second',
          description: 'By route. A rise is more customers, or one who repeats.',
          kind: 'lines',
          unit: 'reqps',
          width: 12,
          queries: [
            {
              expr: `sum by (job, http_request_method, http_route) (rate(http_server_request_duration_seconds_count${REQUESTS}[$__rate_interval]))`,
              legend: '{{job}} {{http_request_method}} {{http_route}}',
            },
          ],
        },
        {
          title: 'Time for a request, 99 %',
          description:
            'A rise of writes means that PostgreSQL or the machine is busy. GET of an order may wait on purpose.',
          kind: 'lines',
          unit: 's',
          width: 12,
          thresholds: { warn: 0.5, bad: 1 },
          queries: [
            {
              expr: `histogram_quantile(0.99, sum by (job, http_request_method, http_route, le) (rate(http_server_request_duration_seconds_bucket${REQUESTS}[$__rate_interval])))`,
              legend: '{{job}} {{http_request_method}} {{http_route}}',
            },
          ],
          runbook: 'requests-are-slow',
        },
        {
          title: 'Share of answers with 5xx',
          description:
            '503 asks customers to come back: no database, or too many requests. 500 is a mistake of the service.',
          kind: 'lines',
          unit: 'percentunit',
          width: 12,
          thresholds: { warn: 0.01, bad: 0.05 },
          queries: [
            {
              expr: `sum by (job, http_response_status_code) (rate(http_server_request_duration_seconds_count${FAILED}[$__rate_interval])) / on (job) group_left sum by (job) (rate(http_server_request_duration_seconds_count${REQUESTS}[$__rate_interval]))`,
              legend: '{{job}} {{http_response_status_code}}',
            },
          ],
          runbook: 'requests-fail',
        },
        {
          title: 'Answers per second, by status',
          description: 'Many 4xx are a client that is wrong; 409 and 422 are repetitions with a key.',
          kind: 'areas',
          unit: 'reqps',
          width: 12,
          queries: [
            {
              expr: `sum by (http_response_status_code) (rate(http_server_request_duration_seconds_count${REQUESTS}[$__rate_interval]))`,
              legend: '{{http_response_status_code}}',
            },
          ],
        },
      ],
    },
    {
      title: 'Processes',
      panels: [
        {
          title: 'Processor time',
          description:
            'Processors in use by a process. JavaScript runs on one: near 1 it has no more to give, and a replica helps.',
          kind: 'lines',
          unit: 'short',
          width: 8,
          thresholds: { warn: 0.8, bad: 1 },
          queries: [
            {
              expr: 'rate(process_cpu_seconds_total{job=~"$service"}[$__rate_interval])',
              legend: '{{job}} {{instance}}',
            },
          ],
        },
        {
          title: 'Memory',
          description: 'Resident memory. A container is ended at 512 MiB; a line that only rises is a leak.',
          kind: 'lines',
          unit: 'bytes',
          width: 8,
          thresholds: { warn: 400 * 2 ** 20, bad: 512 * 2 ** 20 },
          queries: [{ expr: 'process_resident_memory_bytes{job=~"$service"}', legend: '{{job}} {{instance}}' }],
          runbook: 'a-service-restarts-again-and-again',
        },
        {
          title: 'Heap in use',
          description: 'What JavaScript holds. Node.js ends itself at its limit of 192 MiB of old objects.',
          kind: 'lines',
          unit: 'bytes',
          width: 8,
          queries: [{ expr: 'nodejs_heap_size_used_bytes{job=~"$service"}', legend: '{{job}} {{instance}}' }],
        },
        {
          title: 'Event loop blocked, 99 %',
          description: 'How long everything waits for the event loop. Above 200 ms requests and heartbeats suffer.',
          kind: 'lines',
          unit: 's',
          width: 8,
          thresholds: { warn: 0.1, bad: 0.2 },
          queries: [{ expr: 'nodejs_eventloop_lag_p99_seconds{job=~"$service"}', legend: '{{job}} {{instance}}' }],
          runbook: 'an-event-loop-is-blocked',
        },
        {
          title: 'Time spent on collecting garbage',
          description: 'Seconds of each second. A rise means that memory is short.',
          kind: 'lines',
          unit: 'percentunit',
          width: 8,
          thresholds: { warn: 0.1, bad: 0.3 },
          queries: [
            {
              expr: 'sum by (job, instance) (rate(nodejs_gc_duration_seconds_sum{job=~"$service"}[$__rate_interval]))',
              legend: '{{job}} {{instance}}',
            },
          ],
          runbook: 'an-event-loop-is-blocked',
        },
        {
          title: 'Starts in half an hour',
          description: 'A release is one start. Three and more: the service ends again and again.',
          kind: 'lines',
          unit: 'short',
          width: 8,
          thresholds: { bad: 3 },
          queries: [
            { expr: 'changes(process_start_time_seconds{job=~"$service"}[30m])', legend: '{{job}} {{instance}}' },
          ],
          runbook: 'a-service-restarts-again-and-again',
        },
      ],
    },
    {
      title: 'Workers',
      panels: [
        {
          title: 'Work that is due',
          description:
            'Calls, deliveries and deadlines that could be done now. A rise: what they call is away, or workers are too slow.',
          kind: 'lines',
          unit: 'short',
          width: 8,
          queries: [{ expr: 'max by (job, kind) (due_work{job=~"$service"})', legend: '{{job}} {{kind}}' }],
          runbook: 'work-is-overdue',
        },
        {
          title: 'Lines of the log that were dropped',
          description: 'Per second. The log is written more slowly than the service has something to say.',
          kind: 'lines',
          unit: 'ops',
          width: 8,
          thresholds: { bad: 1 },
          queries: [
            {
              expr: 'sum by (job) (rate(log_lines_dropped_total{job=~"$service"}[$__rate_interval]))',
              legend: '{{job}}',
            },
          ],
          runbook: 'log-lines-are-dropped',
        },
        {
          title: 'Versions',
          description: 'What runs. Two versions of a service are a release on its way, or one that stopped half-way.',
          kind: 'table',
          unit: 'none',
          width: 8,
          queries: [
            { expr: 'count by (service, version) (service_info{job=~"$service"})', legend: '{{service}} {{version}}' },
          ],
        },
      ],
    },
  ],
};
