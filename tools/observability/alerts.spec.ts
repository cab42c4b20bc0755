import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { anchorsOf, read, sectionsOf } from '../docs/read-markdown';
import { alertsPage } from './alerts-page';
import { referencesOf } from './promql';
import { alerts, OBSERVABILITY, ruleFiles } from './rules';
import { findTool, HOW_TO_INSTALL, mayBeMissing, type Tool } from './tools';

/** Sections of the runbook that no alert leads to, and why. */
const WITHOUT_ALERT: Readonly<Record<string, string>> = {
  'Somebody refunded or disputed a payment at the gateway': 'the system follows by itself',
  'The audit trail does not verify': 'found by a command that reads every entry',
  'Reconciliation finds a disagreement': 'found by a command that compares all services',
  'Reading a topic': 'tells how, not when',
};

interface RuleTests {
  readonly tests: readonly {
    readonly alert_rule_test: readonly { readonly alertname: string; readonly exp_alerts: readonly unknown[] }[];
  }[];
}

const testFiles = globSync(join(OBSERVABILITY, 'prometheus/tests/*.test.yml')).toSorted();
const expectations = testFiles
  .flatMap((file) => (parse(readFileSync(file, 'utf8')) as RuleTests).tests)
  .flatMap((test) => test.alert_rule_test);

/** A test by a program that not every machine has; without it the test fails in CI and is skipped, by name, elsewhere. */
function itBy(tool: Tool, title: string, run: (path: string) => void): void {
  const path = findTool(tool);
  if (path === undefined && mayBeMissing())
    it.skip(`${title} (skipped, ${tool} is missing: ${HOW_TO_INSTALL})`, () => undefined);
  else
    it(title, () => {
      if (path === undefined) throw new Error(`${tool} is missing: ${HOW_TO_INSTALL}`);
      run(path);
    });
}

/** What the program prints where it fails is the message of the failure. */
function succeeds(program: string, args: readonly string[]): void {
  try {
    execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${program} ${args.join(' ')}\n${stdout}${stderr}`, { cause: error });
  }
}

describe('an alert', () => {
  it.each(alerts())(
    'says what is wrong, how urgent it is, and what to do: $alert',
    ({ alert, expr, labels, annotations }) => {
      expect(alert).toMatch(/^[A-Z][A-Za-z]+$/);
      expect(() => referencesOf(expr)).not.toThrow();
      expect(['page', 'ticket']).toContain(labels.severity);
      expect(['symptom', 'cause']).toContain(labels.category);
      expect(annotations.summary).toMatch(/^\S.{20,}/);
      expect(annotations.description).toMatch(/\.$/);
      const [base, anchor] = annotations.runbook_url.split('#');
      expect(base).toBe('{{ $externalLabels.runbook }}');
      expect(anchorsOf(read('docs/runbook.md'))).toContain(anchor);
    },
  );

  it('is on the page of alerts as it is today', () => {
    expect(read('docs/alerts.md')).toBe(alertsPage());
  });

  it('leads to every section of the runbook but those that no figure tells of', () => {
    const led = new Set(alerts().map(({ annotations }) => annotations.runbook_url.split('#')[1]));
    const sections = sectionsOf(read('docs/runbook.md'), 2).map(({ heading }) => heading);
    const alone = sections.filter((heading) => !anchorsOf(`# ${heading}`).some((anchor) => led.has(anchor)));
    expect(alone.toSorted()).toEqual(Object.keys(WITHOUT_ALERT).toSorted());
  });

  it('shows a value in its summary, unless it says that something is away', () => {
    const without = alerts().filter(({ annotations }) => !annotations.summary.includes('$value'));
    expect(without.map(({ alert }) => alert).toSorted()).toEqual([
      'EventsRefused',
      'FiguresMissing',
      'KafkaDown',
      'MessagesNotDelivered',
      'PaymentGatewayAway',
      'PostgresDown',
      'RedisDown',
      'ServiceDown',
    ]);
  });

  it.each(alerts())('has a test in which it fires, and one in which it does not: $alert', ({ alert }) => {
    const own = expectations.filter(({ alertname }) => alertname === alert).map(({ exp_alerts }) => exp_alerts.length);
    expect(own.some((count) => count > 0)).toBe(true);
    expect(own).toContain(0);
  });

  it.each(expectations.map(({ alertname }) => alertname))('is there when it is tested: %s', (name) => {
    expect(alerts().map(({ alert }) => alert)).toContain(name);
  });
});

describe('Alertmanager', () => {
  interface Matched {
    readonly source_matchers: readonly string[];
    readonly target_matchers: readonly string[];
  }
  const file = join(OBSERVABILITY, 'alertmanager/alertmanager.yml');
  const { inhibit_rules: rules } = parse(readFileSync(file, 'utf8')) as { inhibit_rules: readonly Matched[] };

  it('silences no symptom, and so no order, no money and no message, whatever else fires', () => {
    expect(rules.length).toBeGreaterThan(0);
    for (const { target_matchers: targets } of rules) expect(targets).toContain('category = "cause"');
    const waiting = /^(?:orders?_|orders:|payments?_|failed_messages|outbox_|notifications_)/;
    const ofCustomers = alerts().filter(({ expr, labels }) => {
      const { selectors } = referencesOf(expr);
      return labels.severity === 'page' && selectors.some(({ metric }) => waiting.test(metric));
    });
    expect(ofCustomers.map(({ alert }) => alert)).toEqual(
      expect.arrayContaining(['OrdersNotSettled', 'PaymentUnknown']),
    );
    expect(ofCustomers.filter(({ labels }) => labels.category !== 'symptom')).toEqual([]);
  });

  itBy('amtool', 'can read its configuration', (amtool) => succeeds(amtool, ['check-config', file]));

  itBy('amtool', 'sends a page to whoever is woken, and the rest to whoever comes in the morning', (amtool) => {
    const receiver = (...labels: string[]): string =>
      execFileSync(amtool, ['config', 'routes', 'test', `--config.file=${file}`, ...labels], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim();
    expect(receiver('severity=page')).toBe('page');
    expect(receiver('severity=ticket')).toBe('ticket');
  });
});

describe('Prometheus', () => {
  itBy('promtool', 'can read its configuration', (promtool) => {
    succeeds(promtool, ['check', 'config', join(OBSERVABILITY, 'prometheus/prometheus.yml')]);
    succeeds(promtool, ['check', 'rules', '--lint-fatal', ...ruleFiles()]);
  });

  itBy('promtool', 'lets alerts fire when they should, and not before', (promtool) => {
    expect(testFiles.length).toBeGreaterThan(0);
    succeeds(promtool, ['test', 'rules', ...testFiles]);
  });
});
