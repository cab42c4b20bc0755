import type { LogSource } from './log-sources.ts';

/** A line of a service, as it was logged; see `OrderLog`. */
export interface StoryLine {
  readonly time: string;
  readonly service: string;
  readonly level: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

/**
 * What was logged of an order, in the order of time; lines of one instant as their source has them. Whoever knows only the order's
 * number is helped by the line that says what was placed.
 */
export async function storyOf(source: LogSource, order: { id: string } | { number: string }): Promise<StoryLine[]> {
  const id = 'id' in order ? order.id : await idOf(source, order.number);
  if (id === undefined) return [];
  const found: StoryLine[] = [];
  for await (const text of source.lines()) {
    const line: StoryLine | undefined = text.includes(id) ? parsed(text) : undefined;
    if (line?.['order_id'] === id) found.push(line);
  }
  return found.toSorted((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
}

async function idOf(source: LogSource, number: string): Promise<string | undefined> {
  for await (const text of source.lines()) {
    const line = text.includes(number) ? parsed(text) : undefined;
    if (line?.['order_number'] === number && typeof line['order_id'] === 'string') return line['order_id'];
  }
  return undefined;
}

/** Undefined for what is no line of ours: of Node.js itself, or cut off. */
function parsed(text: string): StoryLine | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isLine(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isLine(value: unknown): value is StoryLine {
  if (typeof value !== 'object' || value === null) return false;
  return ['time', 'service', 'level', 'message'].every(
    (name) => typeof (value as Record<string, unknown>)[name] === 'string',
  );
}
