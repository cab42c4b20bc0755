import { join } from 'node:path';
import { DASHBOARDS } from './dashboards/index.ts';
import { grafanaDashboard } from './grafana.ts';
import { OBSERVABILITY } from './rules.ts';

/** What Grafana is given, by path. */
export function dashboardFiles(): Record<string, object> {
  const files = DASHBOARDS.map((dashboard) => {
    const path = join(OBSERVABILITY, 'grafana/dashboards', `${dashboard.uid}.json`);
    return [path, grafanaDashboard(dashboard)] as const;
  });
  return Object.fromEntries(files);
}
