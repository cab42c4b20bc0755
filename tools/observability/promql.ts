import { parser } from '@prometheus-io/lezer-promql';

/** The nodes of the grammar that are looked at here; what lies in them is found by position. */
type Node = ReturnType<typeof parser.parse>['topNode'];

/** A metric that a query reads, and the labels by which it selects series of it. */
export interface Selector {
  readonly metric: string;
  readonly labels: readonly string[];
  /** As it stands in the query, without a range. */
  readonly text: string;
}

/** What a query reads. */
export interface References {
  readonly selectors: readonly Selector[];
  /** Labels named in `by`, `without`, `on`, `ignoring` and `group_left`. */
  readonly grouping: readonly string[];
}

/** A change of a query's text: `from` up to `to` becomes `text`. */
interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Metrics whose value is an age in seconds that rises with the clock while something waits. */
const AGE = /(?:_oldest_(?:\w+_)?seconds|^kafka_consumergroup_lag_seconds)$/;
const COMPARISONS = new Set(['Gtr', 'Gte', 'Lss', 'Lte', 'Eql', 'Neq']);
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1e3, m: 6e4, h: 36e5, d: 864e5, w: 6048e5, y: 31536e6 };

/** The metrics and labels that a PromQL query names. @throws Error when it cannot be parsed, with the place */
export function referencesOf(query: string): References {
  const root = parse(query);
  const selectors = nodesOf(root, 'VectorSelector').map((selector) => ({
    metric: textOf(query, nodesOf(selector, 'Identifier')[0]),
    labels: nodesOf(selector, 'LabelName').map((label) => textOf(query, label)),
    text: textOf(query, selector),
  }));
  const grouping = nodesOf(root, 'GroupingLabels').flatMap((labels) => nodesOf(labels, 'LabelName'));
  return { selectors, grouping: grouping.map((label) => textOf(query, label)) };
}

/**
 * The same query for a clock that runs `factor` times as fast: its ranges are divided by it, and so are the numbers that an
 * age is compared with. Rates, shares and counts are left as they are.
 */
export function scaledQuery(query: string, factor: number): string {
  const root = parse(query);
  const ranges = nodesOf(root, 'NumberDurationLiteralInDurationContext').map((node) => ({
    from: node.from,
    to: node.to,
    text: scaledDuration(textOf(query, node), factor),
  }));
  const limits = nodesOf(root, 'BinaryExpr').flatMap((node) => ageLimit(query, node, factor));
  return [...ranges, ...limits]
    .toSorted((a, b) => b.from - a.from)
    .reduce((text, edit) => text.slice(0, edit.from) + edit.text + text.slice(edit.to), query);
}

/** A duration as Prometheus writes it, such as `1h30m`, divided by `factor`. @throws Error when it is none */
export function scaledDuration(duration: string, factor: number): string {
  if (!/^(?:\d+(?:ms|[smhdwy]))+$/.test(duration)) throw new Error(`${duration} is not a duration`);
  const parts = [...duration.matchAll(/(\d+)(ms|[smhdwy])/g)];
  const total = parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (UNITS[unit] ?? 0), 0);
  return `${Math.max(1, Math.round(total / factor))}ms`;
}

/** `<age> > 60` becomes `<age> > 3`. */
function ageLimit(query: string, { firstChild, lastChild }: Node, factor: number): Edit[] {
  const operator = firstChild?.nextSibling;
  if (!firstChild || !lastChild || !operator || !COMPARISONS.has(operator.name)) return [];
  if (lastChild.name !== 'NumberDurationLiteral') return [];
  const of = nodesOf(firstChild, 'VectorSelector').map((selector) => textOf(query, nodesOf(selector, 'Identifier')[0]));
  if (nodesOf(firstChild, 'FunctionCall').length > 0 || !of.some((metric) => AGE.test(metric))) return [];
  return [{ from: lastChild.from, to: lastChild.to, text: String(Number(textOf(query, lastChild)) / factor) }];
}

function parse(query: string): Node {
  const root = parser.parse(query).topNode;
  const wrong = nodesOf(root, '⚠')[0];
  if (wrong !== undefined) throw new Error(`not PromQL at character ${wrong.from + 1}: ${query}`);
  return root;
}

/** The nodes of a name at or below another one. */
function nodesOf(root: Node, name: string): Node[] {
  const found: Node[] = [];
  root.cursor().iterate((node) => {
    if (node.name === name) found.push(node.node);
    return node.from <= root.to;
  });
  return found.filter(({ from, to }) => from >= root.from && to <= root.to);
}

function textOf(query: string, node: Node | undefined): string {
  return node === undefined ? '' : query.slice(node.from, node.to);
}
