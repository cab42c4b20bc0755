import { COLUMNS, RUNBOOK, type Dashboard, type Panel, type Query } from './dashboard.ts';

interface Place {
  readonly x: number;
  readonly y: number;
}

const PROMETHEUS = { type: 'prometheus', uid: 'prometheus' };
const HEIGHTS = { lines: 8, areas: 8, number: 4, table: 8 } as const;
const TYPES = { lines: 'timeseries', areas: 'timeseries', number: 'stat', table: 'table' } as const;

/** The model that Grafana provisions from a file. */
export function grafanaDashboard(dashboard: Dashboard): object {
  return {
    uid: dashboard.uid,
    title: dashboard.title,
    description: dashboard.description,
    tags: ['order-processing'],
    schemaVersion: 39,
    editable: true,
    graphTooltip: 1,
    refresh: '15s',
    time: { from: 'now-1h', to: 'now' },
    timezone: 'browser',
    links: [
      {
        type: 'dashboards',
        tags: ['order-processing'],
        title: 'Others',
        asDropdown: false,
        includeVars: true,
        keepTime: true,
      },
    ],
    templating: { list: [serviceVariable(), runbookVariable()] },
    annotations: { list: [firingAlerts()] },
    panels: placed(dashboard),
  };
}

/** Panels below their row's heading, line by line. */
function placed({ rows }: Dashboard): object[] {
  let id = 0;
  let y = 0;
  return rows.flatMap((row) => {
    const heading = {
      id: (id += 1),
      type: 'row',
      title: row.title,
      collapsed: false,
      panels: [],
      gridPos: { x: 0, y, w: COLUMNS, h: 1 },
    };
    y += 1;
    let x = 0;
    let height = 0;
    const panels = row.panels.map((panel) => {
      if (x + panel.width > COLUMNS) {
        x = 0;
        y += height;
        height = 0;
      }
      const drawn = grafanaPanel((id += 1), panel, { x, y });
      x += panel.width;
      height = Math.max(height, HEIGHTS[panel.kind]);
      return drawn;
    });
    y += height;
    return [heading, ...panels];
  });
}

function grafanaPanel(id: number, panel: Panel, { x, y }: Place): object {
  const { title, kind, unit, width, runbook } = panel;
  return {
    id,
    type: TYPES[kind],
    title,
    description: panel.description,
    datasource: PROMETHEUS,
    gridPos: { x, y, w: width, h: HEIGHTS[kind] },
    targets: panel.queries.map((query, index) => target(query, index, kind)),
    links: runbook === undefined ? [] : [{ title: 'Runbook', url: `\${runbook}#${runbook}`, targetBlank: true }],
    fieldConfig: {
      defaults: {
        unit,
        min: 0,
        color: { mode: kind === 'number' ? 'thresholds' : 'palette-classic' },
        thresholds: { mode: 'absolute', steps: steps(panel) },
        mappings: mappings(panel),
        ...(kind !== 'number' && kind !== 'table' && { custom: lineStyle(panel) }),
      },
      overrides: [],
    },
    options: OPTIONS[TYPES[kind]],
    ...(kind === 'table' && {
      transformations: [{ id: 'organize', options: { excludeByName: { Time: true, Value: true } } }],
    }),
  };
}

const OPTIONS = {
  timeseries: {
    legend: { displayMode: 'table', placement: 'right', calcs: ['lastNotNull', 'max'], showLegend: true },
    tooltip: { mode: 'multi', sort: 'desc' },
  },
  stat: {
    reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
    colorMode: 'value',
    graphMode: 'area',
    textMode: 'auto',
  },
  table: { showHeader: true },
} as const;

function target({ expr, legend }: Query, index: number, kind: Panel['kind']): object {
  const refId = String.fromCharCode('A'.charCodeAt(0) + index);
  const instant = kind === 'table';
  return {
    refId,
    datasource: PROMETHEUS,
    expr,
    legendFormat: legend,
    range: !instant,
    instant,
    ...(instant && { format: 'table' }),
  };
}

function steps({ thresholds }: Panel): object[] {
  if (thresholds === undefined) return [{ color: 'green', value: null }];
  const { warn, bad } = thresholds;
  return [
    { color: 'green', value: null },
    ...(warn === undefined ? [] : [{ color: 'orange', value: warn }]),
    { color: 'red', value: bad },
  ];
}

function mappings({ values = {} }: Panel): object[] {
  return Object.keys(values).length === 0 ? [] : [{ type: 'value', options: values }];
}

/** Thresholds are lines, so that one sees how far away they are. */
function lineStyle({ kind, thresholds }: Panel): object {
  return {
    lineWidth: 2,
    fillOpacity: kind === 'areas' ? 30 : 0,
    stacking: { mode: kind === 'areas' ? 'normal' : 'none', group: 'A' },
    showPoints: 'never',
    // A service that was not scraped is a gap, not a straight line.
    spanNulls: false,
    thresholdsStyle: { mode: thresholds === undefined ? 'off' : 'dashed' },
  };
}

function serviceVariable(): object {
  const query = 'label_values(up{job=~".+-service"}, job)';
  return {
    name: 'service',
    label: 'Service',
    type: 'query',
    datasource: PROMETHEUS,
    definition: query,
    query: { query, refId: 'service' },
    refresh: 2,
    sort: 1,
    multi: true,
    includeAll: true,
    allValue: '.+',
    current: { text: 'All', value: '$__all', selected: true },
  };
}

/** Where links to the runbook lead; hidden. */
function runbookVariable(): object {
  return { name: 'runbook', type: 'constant', hide: 2, query: RUNBOOK, current: { text: RUNBOOK, value: RUNBOOK } };
}

/** A mark in every panel where an alert began. */
function firingAlerts(): object {
  return {
    name: 'Alerts',
    enable: true,
    iconColor: 'red',
    datasource: PROMETHEUS,
    expr: 'ALERTS{alertstate="firing"}',
    titleFormat: '{{alertname}}',
    textFormat: '{{job}}',
    step: '15s',
  };
}
