import { referencesOf } from './promql';
import { alerts } from './rules';
import { scaledRules } from './scaled-rules';

/** The rules of all groups, by the name of the alert. */
function scaledAlerts(...of: Parameters<typeof scaledRules>): Map<string, { expr: string; for?: string }> {
  const rules = scaledRules(...of).groups.flatMap((group) => group.rules) as { alert?: string; expr: string }[];
  return new Map(rules.flatMap((rule) => (rule.alert === undefined ? [] : [[rule.alert, rule]])));
}

describe('the rules for a clock that runs twenty times as fast', () => {
  it('wait a twentieth of the time, for a twentieth of the age', () => {
    expect(scaledAlerts(20).get('OutboxNotPublished')).toMatchObject({
      expr: 'max by (job) (outbox_oldest_unpublished_seconds) > 3',
      for: '3000ms',
    });
    expect(scaledAlerts(20).get('RequestsFail')?.expr.trimEnd()).toMatch(/\[15000ms\].*> 0\.01$/s);
  });

  it('read what the real ones read, all of them', () => {
    const scaled = scaledAlerts(20);
    for (const { alert, expr } of alerts()) expect(referencesOf(scaled.get(alert)!.expr)).toEqual(referencesOf(expr));
    expect([...scaledAlerts(1).values()].map(({ expr }) => expr)).not.toContain('');
  });

  it('can do without an alert', () => {
    expect([...scaledAlerts(20, ['PaymentUnknown']).keys()]).toEqual(
      alerts()
        .map(({ alert }) => alert)
        .filter((alert) => alert !== 'PaymentUnknown'),
    );
  });
});
