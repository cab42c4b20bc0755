import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { repository } from '../docs/read-markdown.ts';
import { writeFormatted } from '../docs/write-formatted.ts';
import { alertsPage } from './alerts-page.ts';
import { dashboardFiles } from './dashboard-files.ts';

for (const [path, dashboard] of Object.entries(dashboardFiles())) {
  await writeFormatted(path, JSON.stringify(dashboard));
  console.log(`wrote ${relative('.', path)}`);
}
writeFileSync(join(repository, 'docs/alerts.md'), alertsPage());
console.log('wrote docs/alerts.md');
