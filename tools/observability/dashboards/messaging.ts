import type { Dashboard } from '../dashboard.ts';

export const messaging: Dashboard = {
  uid: 'messaging',
  title: 'Messaging',
  description: 'Do events get from one service to the next? Where do they wait, and which have failed?',
  rows: [
    {
      title: 'From the outbox to Kafka',
      panels: [
        {
          title: 'Published events per second',
          description: 'Acknowledged by Kafka. A fall to zero while orders arrive means that they wait in an outbox.',
          kind: 'lines',
          unit: 'mps',
          width: 8,
          queries: [
            {
              expr: 'sum by (topic) (rate(messaging_published_total{job=~"$service"}[$__rate_interval]))',
              legend: '{{topic}}',
            },
          ],
          runbook: 'an-outbox-grows',
        },
        {
          title: 'Oldest event in the outbox',
          description:
            'Usually well below a second. A line that rises with the clock: Kafka is away, or nobody publishes.',
          kind: 'lines',
          unit: 's',
          width: 8,
          thresholds: { warn: 10, bad: 60 },
          queries: [{ expr: 'max by (job) (outbox_oldest_unpublished_seconds{job=~"$service"})', legend: '{{job}}' }],
          runbook: 'an-outbox-grows',
        },
        {
          title: 'Events in the outbox',
          description:
            'Stored and not yet published. They are not lost; a rise says how much has to be caught up with.',
          kind: 'areas',
          unit: 'short',
          width: 8,
          queries: [{ expr: 'max by (job) (outbox_unpublished{job=~"$service"})', legend: '{{job}}' }],
          runbook: 'an-outbox-grows',
        },
        {
          title: 'Failed attempts to publish, per second',
          description: 'Some during an outage of Kafka are usual. For one topic alone: Kafka refuses its events.',
          kind: 'lines',
          unit: 'ops',
          width: 12,
          queries: [
            {
              expr: 'sum by (job, topic) (rate(messaging_publish_failures_total{job=~"$service"}[$__rate_interval]))',
              legend: '{{job}} {{topic}}',
            },
          ],
          runbook: 'kafka-refuses-an-event',
        },
        {
          title: 'Duplicates per second',
          description:
            'Events that came again and were left alone, as after a crash. Harmless; a steady rate means that offsets are not committed.',
          kind: 'lines',
          unit: 'mps',
          width: 12,
          queries: [
            {
              expr: 'sum by (group) (rate(inbox_duplicates_total{job=~"$service"}[$__rate_interval]))',
              legend: '{{group}}',
            },
          ],
        },
      ],
    },
    {
      title: 'From Kafka to its effect',
      panels: [
        {
          title: 'Lag in seconds',
          description:
            'Age of the oldest record that was not consumed: how far a service is behind. A rise for minutes needs more replicas.',
          kind: 'lines',
          unit: 's',
          width: 12,
          thresholds: { warn: 10, bad: 60 },
          queries: [
            {
              expr: 'max by (consumergroup, topic) (kafka_consumergroup_lag_seconds{job=~"$service"})',
              legend: '{{consumergroup}} {{topic}}',
            },
          ],
          runbook: 'a-consumer-lags',
        },
        {
          title: 'Lag in records',
          description:
            'Records that were not consumed. Says how much work it is to catch up; the age says how much it matters.',
          kind: 'areas',
          unit: 'short',
          width: 12,
          queries: [
            {
              expr: 'sum by (consumergroup, topic) (max by (consumergroup, topic, partition) (kafka_consumergroup_lag{job=~"$service"}))',
              legend: '{{consumergroup}} {{topic}}',
            },
          ],
          runbook: 'a-consumer-lags',
        },
        {
          title: 'Consumed events per second',
          description: 'A fall to zero while the lag grows: the service does not consume.',
          kind: 'lines',
          unit: 'mps',
          width: 8,
          queries: [
            {
              expr: 'sum by (group, topic) (rate(messaging_consumed_total{job=~"$service"}[$__rate_interval]))',
              legend: '{{group}} {{topic}}',
            },
          ],
          runbook: 'a-service-does-not-consume',
        },
        {
          title: 'Time for a batch, 95 %',
          description: 'A rise without larger batches means that PostgreSQL is slow or that rows are locked.',
          kind: 'lines',
          unit: 's',
          width: 8,
          thresholds: { warn: 1, bad: 5 },
          queries: [
            {
              expr: 'histogram_quantile(0.95, sum by (group, topic, le) (rate(messaging_process_duration_seconds_bucket{job=~"$service"}[$__rate_interval])))',
              legend: '{{group}} {{topic}}',
            },
          ],
          runbook: 'a-consumer-lags',
        },
        {
          title: 'Messages in a batch, mean',
          description:
            'A rise means that messages have waited for each other: the service is busy, and does more at a time.',
          kind: 'lines',
          unit: 'short',
          width: 8,
          queries: [
            {
              expr: 'sum by (group, topic) (rate(messaging_batch_messages_sum{job=~"$service"}[$__rate_interval])) / sum by (group, topic) (rate(messaging_batch_messages_count{job=~"$service"}[$__rate_interval]))',
              legend: '{{group}} {{topic}}',
            },
          ],
        },
      ],
    },
    {
      title: 'What has failed',
      panels: [
        {
          title: 'Failed messages by status',
          description:
            'Retrying ones heal by themselves, waiting ones with them. Dead letters and quarantined ones need a person.',
          kind: 'lines',
          unit: 'short',
          width: 8,
          queries: [{ expr: 'max by (job, status) (failed_messages{job=~"$service"})', legend: '{{job}} {{status}}' }],
          runbook: 'messages-have-failed',
        },
        {
          title: 'Delayed attempts per second',
          description: 'A handler fails on some messages. Their orders wait, others do not.',
          kind: 'lines',
          unit: 'ops',
          width: 8,
          queries: [
            {
              expr: 'sum by (group, topic) (rate(message_retries_total{job=~"$service"}[$__rate_interval]))',
              legend: '{{group}} {{topic}}',
            },
          ],
          runbook: 'messages-are-being-retried',
        },
        {
          title: 'New dead letters per second',
          description:
            'By reason: what could not be read came from a foreign program; handler_failed is a mistake of ours.',
          kind: 'lines',
          unit: 'ops',
          width: 8,
          queries: [
            {
              expr: 'sum by (group, topic, reason) (rate(messages_dead_lettered_total{job=~"$service"}[$__rate_interval]))',
              legend: '{{group}} {{topic}} {{reason}}',
            },
          ],
          runbook: 'messages-have-failed',
        },
      ],
    },
  ],
};
