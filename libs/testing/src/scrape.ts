/** One line of what a service shows at `/metrics`. */
interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric, as its comment lines describe it. */
export interface MetricFamily {
  readonly name: string;
  readonly type: string;
  readonly help: string;
}

/** What a service shows at one moment. */
export class Scrape {
  readonly families: readonly MetricFamily[];
  readonly samples: readonly Sample[];
  readonly text: string;

  /** @param text in the text format of Prometheus, version 0.0.4 */
  constructor(text: string) {
    this.text = text;
    const lines = text.split('\n');
    this.samples = lines.filter((line) => line !== '' && !line.startsWith('#')).map(sampleOf);
    const types = new Map(commentsOf(lines, 'TYPE'));
    this.families = commentsOf(lines, 'HELP').map(([name, help]) => ({ name, help, type: types.get(name) ?? '' }));
  }

  /** @param url of the service, without a path. @throws when it is not served there */
  static async of(url: string): Promise<Scrape> {
    const answer = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(15_000) });
    if (answer.status !== 200) throw new Error(`GET ${url}/metrics: ${answer.status}`);
    return new Scrape(await answer.text());
  }

  /** The sum of the samples that have these labels, whatever others they have; undefined when there is none. */
  value(name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
    const wanted = Object.entries(labels);
    const found = this.samples.filter(
      (sample) => sample.name === name && wanted.every(([label, value]) => sample.labels[label] === value),
    );
    return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
  }

  /** The labels that samples of a metric have, sorted, without those of a histogram's own. */
  labelsOf(metric: string): readonly string[] {
    const names = [metric, `${metric}_bucket`, `${metric}_sum`, `${metric}_count`];
    const own = this.samples.filter(({ name }) => names.includes(name)).flatMap(({ labels }) => Object.keys(labels));
    return [...new Set(own)].filter((label) => label !== 'le').toSorted();
  }
}

function commentsOf(lines: readonly string[], kind: 'HELP' | 'TYPE'): [string, string][] {
  return lines.flatMap((line) => {
    const [, name, text] = new RegExp(`^# ${kind} (\\S+) (.*)$`).exec(line) ?? [];
    return name === undefined || text === undefined ? [] : [[name, text] as [string, string]];
  });
}

function sampleOf(line: string): Sample {
  const [, name = '', labels = '', value = ''] = /^([^{ ]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
  if (name === '') throw new Error(`no sample: ${line}`);
  const pairs = [...labels.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g)];
  return { name, labels: Object.fromEntries(pairs.map(([, label, text]) => [label, text])), value: Number(value) };
}
