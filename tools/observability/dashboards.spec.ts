import { readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { anchorsOf, read } from '../docs/read-markdown';
import { contract, isGeneral, labelsOf, metricOf } from './contract';
import { asked, COLUMNS, panelsOf } from './dashboard';
import { dashboardFiles } from './dashboard-files';
import { DASHBOARDS } from './dashboards';
import { referencesOf } from './promql';
import { alerts, recordings } from './rules';

/** Metrics that nobody draws and nothing watches, and why they are there all the same. */
const UNUSED: Readonly<Record<string, string>> = {};

const metrics = contract();
const recorded = recordings().map(({ record }) => record);
const panels = DASHBOARDS.flatMap((dashboard) => panelsOf(dashboard).map((panel) => ({ dashboard, panel })));
const queries = [
  ...panels.flatMap(({ dashboard, panel }) =>
    panel.queries.map((query) => ({ where: `${dashboard.title}: ${panel.title}`, expr: asked(query) })),
  ),
  ...alerts().map(({ alert, expr }) => ({ where: alert, expr })),
  ...recordings().map(({ record, expr }) => ({ where: record, expr })),
];

describe('the queries of dashboards and alerts', () => {
  it.each(queries)('name metrics that the services have, and labels of them: $where', ({ expr }) => {
    const { selectors, grouping } = referencesOf(expr);
    const known = selectors.filter(({ metric }) => !isGeneral(metric) && !recorded.includes(metric));
    expect(known.filter(({ metric }) => metricOf(metric, metrics) === undefined)).toEqual([]);
    const labels = known.map(({ metric, labels: used }) => {
      const of = metricOf(metric, metrics);
      return { metric, unknown: of === undefined ? [] : used.filter((label) => !labelsOf(of).includes(label)) };
    });
    expect(labels.filter(({ unknown }) => unknown.length > 0)).toEqual([]);
    const all = known.flatMap(({ metric }) => metricOf(metric, metrics) ?? []).flatMap(labelsOf);
    const general = ['job', 'instance'];
    expect(grouping.filter((label) => !all.includes(label) && !general.includes(label))).toEqual([]);
  });

  it('use every metric of the services, but for those that are listed here', () => {
    const used = new Set(queries.flatMap(({ expr }) => referencesOf(expr).selectors.map(({ metric }) => metric)));
    const unused = metrics.filter(({ name }) => ![...used].some((series) => metricOf(series, metrics)?.name === name));
    expect(metrics.length).toBeGreaterThan(25);
    expect(unused.map(({ name }) => name).toSorted()).toEqual(Object.keys(UNUSED).toSorted());
  });
});

describe('the dashboards', () => {
  it.each(Object.entries(dashboardFiles()))('are what their builder makes today: %s', (path, dashboard) => {
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(JSON.parse(JSON.stringify(dashboard)));
  });

  it('are all there is in their folder', () => {
    const files = Object.keys(dashboardFiles());
    const [folder = ''] = files.map(dirname);
    expect(readdirSync(folder).toSorted()).toEqual(files.map((file) => file.slice(folder.length + 1)).toSorted());
  });

  it.each(panels)('explain themselves: $dashboard.title, $panel.title', ({ panel }) => {
    expect(panel.title).toMatch(/^[A-Z]/);
    expect(panel.description).toMatch(/^[A-Z\d].{30,}\.$/);
    for (const { legend } of panel.queries) expect(legend).not.toBe('');
  });

  it('have no two panels of one title, and link to sections of the runbook that exist', () => {
    for (const dashboard of DASHBOARDS) {
      const titles = panelsOf(dashboard).map(({ title }) => title);
      expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
    }
    const anchors = anchorsOf(read('docs/runbook.md'));
    expect(panels.flatMap(({ panel }) => panel.runbook ?? []).filter((anchor) => !anchors.includes(anchor))).toEqual(
      [],
    );
  });

  it('lay no panel over another one, nor beyond the edge', () => {
    for (const dashboard of Object.values(dashboardFiles())) {
      const taken = new Set<string>();
      const { panels: placed } = dashboard as { panels: { gridPos: { x: number; y: number; w: number; h: number } }[] };
      for (const { x, y, w, h } of placed.map(({ gridPos }) => gridPos)) {
        expect(x + w).toBeLessThanOrEqual(COLUMNS);
        const cells = Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`);
        expect(cells.filter((cell) => taken.has(cell))).toEqual([]);
        for (const cell of cells) taken.add(cell);
      }
    }
  });

  it('show only the services that were chosen, where a metric comes from several', () => {
    const ofAll = ['Services', 'Messaging', 'Infrastructure'];
    const unfiltered = panels
      .filter(({ dashboard }) => ofAll.includes(dashboard.title))
      .filter(({ panel }) => !panel.queries.every(({ expr }) => expr.includes('job=~"$service"')));
    expect(unfiltered.map(({ panel }) => panel.title)).toEqual([]);
  });
});
