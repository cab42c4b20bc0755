/** A dashboard as the people who read it know it; {@link grafanaDashboard} writes it as Grafana does. */
export interface Dashboard {
  /** Part of its address, and the name of its file. */
  readonly uid: string;
  readonly title: string;
  /** What question it answers. */
  readonly description: string;
  readonly rows: readonly Row[];
}

/** Panels under one heading, from left to right; those that do not fit begin another line. */
export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** One picture of one figure. */
export interface Panel {
  readonly title: string;
  /** What a rise means for the reader, and from when it matters. */
  readonly description: string;
  readonly kind: 'lines' | 'areas' | 'number' | 'table';
  readonly unit: Unit;
  readonly queries: readonly Query[];
  /** Of a width of {@link COLUMNS}. */
  readonly width: 4 | 6 | 8 | 12 | 24;
  /** From when it is worth a look, and from when it is wrong. */
  readonly thresholds?: { readonly warn?: number; readonly bad: number };
  /** Names of values, such as of states. */
  readonly values?: Readonly<Record<number, { readonly text: string; readonly color: 'green' | 'orange' | 'red' }>>;
  /** A heading of docs/runbook.md, as its anchor. */
  readonly runbook?: string;
}

/** A query of PromQL, which may use `$service` and `$__rate_interval`, and how its lines are named: `{{topic}}`. */
export interface Query {
  readonly expr: string;
  readonly legend: string;
}

/** As Grafana calls it. */
export type Unit = 'short' | 's' | 'reqps' | 'mps' | 'ops' | 'percentunit' | 'bytes' | 'none';

/** Columns of a line of panels. */
export const COLUMNS = 24;
/** Addresses of the pages, where the runbook is served by Prometheus; see docs/observability.md. */
export const RUNBOOK = 'http://localhost:9090/user/runbook.md';

/** A query as Prometheus can be asked it: with all services, and a range for rates. */
export function asked(query: Query, range = '5m'): string {
  return query.expr.replaceAll('$service', '.+').replaceAll('$__rate_interval', range);
}

/** All panels of a dashboard. */
export function panelsOf(dashboard: Dashboard): Panel[] {
  return dashboard.rows.flatMap((row) => row.panels);
}
