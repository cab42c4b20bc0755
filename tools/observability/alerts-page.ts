import { anchorsOf, read, sectionsOf } from '../docs/read-markdown.ts';
import { alerts, type Alert } from './rules.ts';

const HEAD = `# Alerts

Generated from [deploy/observability/prometheus/rules](../deploy/observability/prometheus/rules) by \`npm run docs\`. How they are
used is told in [metrics, dashboards and alerts](observability.md).
`;

/** What each category is, in its order on the page. */
const CATEGORIES = {
  symptom: ['Symptoms', 'What customers notice, or will. No other alert silences one of these.'],
  cause: [
    'Causes',
    'What explains a symptom, or will become one. One that pages silences the tickets of its own service.',
  ],
} as const;

/** docs/alerts.md: what fires when, for whom, and which section of the runbook it leads to. */
export function alertsPage(): string {
  const sections = Object.entries(CATEGORIES).map(([category, [title, about]]) => {
    const rows = alerts().filter(({ labels }) => labels.category === category);
    return `## ${title}\n\n${about}\n\n${table(rows)}`;
  });
  return `${HEAD}\n${sections.join('\n\n')}\n`;
}

function table(rows: readonly Alert[]): string {
  const head = ['alert', 'severity', 'says', 'after', 'what to do'];
  const cells = rows.map(({ alert, labels, for: wait = 'at once', annotations }) => [
    alert,
    labels.severity === 'page' ? '**page**' : 'ticket',
    saidOf(annotations.summary),
    wait,
    runbookLink(annotations.runbook_url),
  ]);
  return [head, head.map(() => '---'), ...cells].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** A summary with the names of its labels instead of their values: `_job_ has not published an event for …`. */
function saidOf(summary: string): string {
  return summary.replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, '_$1_').replaceAll(/\{\{ \$value[^}]*\}\}/g, '…');
}

function runbookLink(url: string): string {
  const anchor = url.split('#')[1] ?? '';
  const section = sectionsOf(read('docs/runbook.md'), 2).find(({ heading }) =>
    anchorsOf(`# ${heading}`).includes(anchor),
  );
  if (section === undefined) throw new Error(`docs/runbook.md has no section ${anchor}`);
  return `[${section.heading}](runbook.md#${anchor})`;
}
