import type { Dashboard } from '../dashboard.ts';

const QUANTILES = [0.5, 0.95, 0.99];

export const orders: Dashboard = {
  uid: 'orders',
  title: 'Flow of orders',
  description: 'Do orders arrive, and do they end in time? Where is money or stock in doubt?',
  rows: [
    {
      title: 'At a glance',
      panels: [
        {
          title: 'Orders placed',
          description:
            'Orders per second that were accepted. A fall to zero by day means that customers cannot order, or do not.',
          kind: 'number',
          unit: 'reqps',
          width: 4,
          queries: [{ expr: 'sum(rate(order_transitions_total{to="pending"}[$__rate_interval]))', legend: 'placed' }],
        },
        {
          title: 'Open orders',
          description:
            'Orders that are neither confirmed nor cancelled. A rise means that they come faster than they are settled.',
          kind: 'number',
          unit: 'short',
          width: 4,
          thresholds: { warn: 500, bad: 5_000 },
          queries: [{ expr: 'sum(max by (state) (orders_open))', legend: 'open' }],
          runbook: 'orders-stay-open',
        },
        {
          title: 'Oldest open order',
          description:
            'Age of the oldest order that is not settled. From two minutes on somebody is woken; after 15 it is cancelled.',
          kind: 'number',
          unit: 's',
          width: 4,
          thresholds: { warn: 10, bad: 120 },
          queries: [{ expr: 'max(orders_oldest_open_seconds)', legend: 'oldest' }],
          runbook: 'orders-stay-open',
        },
        {
          title: 'Orders that missed ten seconds, last hour',
          description:
            'The objective is 99.5 % within ten seconds. At 7.2 % a fiftieth of a month’s allowance is used up in an hour.',
          kind: 'number',
          unit: 'percentunit',
          width: 4,
          thresholds: { warn: 0.005, bad: 0.072 },
          queries: [{ expr: 'orders:end_to_end_missed:ratio_rate1h', legend: 'missed' }],
          runbook: 'orders-are-slow',
        },
        {
          title: 'Unknown payments',
          description:
            'Payments of which only the gateway knows whether money moved. They should become known within seconds.',
          kind: 'number',
          unit: 'short',
          width: 4,
          thresholds: { warn: 1, bad: 20 },
          queries: [{ expr: 'max(payments_unknown)', legend: 'unknown' }],
          runbook: 'a-payment-stays-unknown',
        },
        {
          title: 'Messages given up',
          description: 'Dead letters and quarantined messages. Each stops one order until somebody decides.',
          kind: 'number',
          unit: 'short',
          width: 4,
          thresholds: { bad: 1 },
          queries: [
            {
              expr: 'sum(max by (job, status) (failed_messages{status=~"dead_lettered|quarantined"}))',
              legend: 'given up',
            },
          ],
          runbook: 'messages-have-failed',
        },
      ],
    },
    {
      title: 'Orders',
      panels: [
        {
          title: 'Steps of orders per second',
          description:
            'How many orders reach each state. When more become pending than confirmed or cancelled, they pile up.',
          kind: 'lines',
          unit: 'ops',
          width: 12,
          queries: [{ expr: 'sum by (to) (rate(order_transitions_total[$__rate_interval]))', legend: '{{to}}' }],
        },
        {
          title: 'Time from placed to settled',
          description: 'A rise is felt by every customer. Above ten seconds an order misses the objective.',
          kind: 'lines',
          unit: 's',
          width: 12,
          thresholds: { bad: 10 },
          queries: QUANTILES.map((quantile) => ({
            expr: `histogram_quantile(${quantile}, sum by (le) (rate(order_end_to_end_seconds_bucket[$__rate_interval])))`,
            legend: `${quantile * 100} % of the orders within`,
          })),
          runbook: 'orders-are-slow',
        },
        {
          title: 'Open orders by state',
          description:
            'Pending orders wait for their payment, paid ones for stock. The state that grows says which service to look at.',
          kind: 'areas',
          unit: 'short',
          width: 12,
          queries: [{ expr: 'max by (state) (orders_open)', legend: '{{state}}' }],
          runbook: 'orders-stay-open',
        },
        {
          title: 'Oldest open order by state',
          description: 'A line that rises with the clock is an order that nothing moves any more.',
          kind: 'lines',
          unit: 's',
          width: 12,
          thresholds: { warn: 10, bad: 120 },
          queries: [{ expr: 'max by (state) (orders_oldest_open_seconds)', legend: '{{state}}' }],
          runbook: 'orders-stay-open',
        },
        {
          title: 'Share of orders that missed ten seconds',
          description:
            'Above 7.2 % in an hour somebody is woken, above 3 % in six hours there is a ticket. Gaps are times without orders.',
          kind: 'lines',
          unit: 'percentunit',
          width: 12,
          thresholds: { warn: 0.03, bad: 0.072 },
          queries: [
            { expr: 'orders:end_to_end_missed:ratio_rate5m', legend: '5 minutes' },
            { expr: 'orders:end_to_end_missed:ratio_rate1h', legend: '1 hour' },
            { expr: 'orders:end_to_end_missed:ratio_rate6h', legend: '6 hours' },
          ],
          runbook: 'orders-are-slow',
        },
        {
          title: 'Outcomes of stock',
          description: 'Decisions per second. A rise of orders that are short means that something is sold out.',
          kind: 'lines',
          unit: 'ops',
          width: 12,
          queries: [
            { expr: 'sum by (outcome) (rate(stock_decisions_total[$__rate_interval]))', legend: '{{outcome}}' },
          ],
        },
      ],
    },
    {
      title: 'Money and messages to customers',
      panels: [
        {
          title: 'Outcomes of payments',
          description:
            'Per second. More declined ones than usual point to the gateway or to fraud; unknown ones are asked for again.',
          kind: 'lines',
          unit: 'ops',
          width: 12,
          queries: [
            { expr: 'sum by (outcome) (rate(payment_outcomes_total[$__rate_interval]))', legend: '{{outcome}}' },
          ],
          runbook: 'the-payment-gateway-is-away',
        },
        {
          title: 'Oldest unknown payment',
          description: 'A customer may have been charged, and nobody knows. After five minutes somebody is woken.',
          kind: 'lines',
          unit: 's',
          width: 12,
          thresholds: { warn: 60, bad: 300 },
          queries: [{ expr: 'max(payments_oldest_unknown_seconds)', legend: 'oldest' }],
          runbook: 'a-payment-stays-unknown',
        },
        {
          title: 'Mails and SMS',
          description: 'Per second, by what became of them. Failed ones are not tried again.',
          kind: 'lines',
          unit: 'ops',
          width: 12,
          queries: [
            {
              expr: 'sum by (channel, outcome) (rate(notifications_total[$__rate_interval]))',
              legend: '{{channel}} {{outcome}}',
            },
          ],
          runbook: 'mails-or-sms-do-not-go-out',
        },
        {
          title: 'Age of overdue work',
          description:
            'Calls of the gateway, deliveries and deadlines that are due and that nobody has done. A rise means that workers are too slow.',
          kind: 'lines',
          unit: 's',
          width: 12,
          thresholds: { warn: 60, bad: 300 },
          queries: [{ expr: 'max by (job, kind) (due_work_oldest_seconds)', legend: '{{job}} {{kind}}' }],
          runbook: 'work-is-overdue',
        },
      ],
    },
  ],
};
