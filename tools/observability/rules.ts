import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** The folder of everything that is deployed beside the services to watch them. */
export const OBSERVABILITY = join(import.meta.dirname, '../../deploy/observability');

/** One alert of `deploy/observability/prometheus/rules`. */
export interface Alert {
  readonly alert: string;
  readonly expr: string;
  /** How long the expression has to hold, such as `5m`; at once when there is none. */
  readonly for?: string;
  readonly labels: { readonly severity: 'page' | 'ticket'; readonly category: 'symptom' | 'cause' };
  readonly annotations: { readonly summary: string; readonly description: string; readonly runbook_url: string };
}

/** A query that Prometheus evaluates and stores under a name of its own. */
export interface Recording {
  readonly record: string;
  readonly expr: string;
}

interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly (Alert | Recording)[] }[];
}

/** Paths of the rule files. */
export function ruleFiles(): string[] {
  return globSync(join(OBSERVABILITY, 'prometheus/rules/*.yml')).toSorted();
}

/** A rule file, as YAML has it. */
export function readRules(file: string): RuleFile {
  return parse(readFileSync(file, 'utf8')) as RuleFile;
}

/** All alerts, in the order of the files. */
export function alerts(): Alert[] {
  return rules().filter((rule) => 'alert' in rule);
}

/** All recorded queries. */
export function recordings(): Recording[] {
  return rules().filter((rule) => 'record' in rule);
}

function rules(): (Alert | Recording)[] {
  return ruleFiles().flatMap((file) => readRules(file).groups.flatMap((group) => group.rules));
}
