/** A value for each label of a metric. */
export type Labels<Label extends string> = Readonly<Record<Label, string>>;

/** A metric has as many children at most. More can only come of a label that should not be one. */
export const MOST_CHILDREN = 1_000;
/** The value of all labels of what came after that. */
const OTHER = '_other';

/** What a metric has for each combination of label values, made when it is first asked for. */
export class Children<Label extends string, Child> {
  private readonly byValues = new Map<string, Child>();

  constructor(
    private readonly names: readonly Label[],
    private readonly make: (labels: Labels<Label>) => Child,
  ) {}

  of(labels: Labels<Label>): Child {
    let key = '';
    for (const name of this.names) key += `${labels[name]}\n`;
    return this.byValues.get(key) ?? this.add(key, labels);
  }

  all(): Iterable<Child> {
    return this.byValues.values();
  }

  private add(key: string, labels: Labels<Label>): Child {
    const isFull = this.byValues.size >= MOST_CHILDREN;
    if (isFull && !Object.values(labels).every((value) => value === OTHER)) {
      return this.of(Object.fromEntries(this.names.map((name) => [name, OTHER])) as Labels<Label>);
    }
    const child = this.make(labels);
    this.byValues.set(key, child);
    return child;
  }
}
