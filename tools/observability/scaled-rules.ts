import { scaledDuration, scaledQuery } from './promql.ts';
import { readRules, ruleFiles, type Alert, type Recording } from './rules.ts';

/** The rules of all files in one, as JSON, which is YAML too. */
interface ScaledRules {
  readonly groups: readonly { readonly name: string; readonly rules: readonly object[] }[];
}

/**
 * The rules for a system whose clock runs `factor` times as fast, so that half a minute of an outage counts as ten: `for`, ranges and
 * the ages that expressions compare with are divided. Rates, shares, counts and the bounds of histograms stay.
 *
 * @param without names of alerts that are left out
 */
export function scaledRules(factor: number, without: readonly string[] = []): ScaledRules {
  const groups = ruleFiles().flatMap((file) => readRules(file).groups);
  return {
    groups: groups.map(({ name, rules }) => ({
      name,
      rules: rules
        .filter((rule) => !('alert' in rule && without.includes(rule.alert)))
        .map((rule) => ({ ...rule, expr: scaledQuery(rule.expr, factor), ...waiting(rule, factor) })),
    })),
  };
}

function waiting(rule: Alert | Recording, factor: number): { readonly for?: string } {
  return 'for' in rule && rule.for !== undefined ? { for: scaledDuration(rule.for, factor) } : {};
}
