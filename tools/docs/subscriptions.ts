import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Which service does what with which topic. */
export interface TopicUse {
  readonly service: string;
  readonly topic: string;
}

/** An event as the text of `libs/events` declares it. */
interface Declaration {
  readonly name: string;
  readonly topic: string;
  readonly publisher: string;
}

const DECLARATION = /export const (\w+) = defineEvent\(\{\s*type: '(\w+)',\s*version: \d+,\s*publisher: '([\w-]+)'/g;

/*
 * Both are read from the text of the code: nothing has to be loaded for it, so that programs without decorators and path aliases
 * can ask as well.
 */

/** Who publishes what, by the contracts. `root` is the root of the repository. @throws Error for a contract that is written otherwise. */
export function publicationsIn(root: string): TopicUse[] {
  return declarationsIn(root).map(({ publisher, topic }) => ({ service: publisher, topic }));
}

/**
 * Who listens to what, by the `@EventPattern(…)` methods of the consumers, sorted by file. `root` is the root of the repository.
 * @throws Error for a subscription to something that is no event
 */
export function subscriptionsIn(root: string): TopicUse[] {
  const declarations = declarationsIn(root);
  return globSync('apps/*/src/messaging/*.consumer.ts', { cwd: root })
    .toSorted()
    .flatMap((file) =>
      [...readFileSync(join(root, file), 'utf8').matchAll(/@EventPattern\((\w+)\)/g)].map(([, name = '']) => {
        const event = declarations.find((known) => known.name === name);
        if (event === undefined) throw new Error(`${file} listens to ${name}, which is no event`);
        return { service: file.split('/')[1] ?? '', topic: event.topic };
      }),
    );
}

/** Types of events by the names of their contracts: `OrderCreated` → `order_created`. */
export function contractNames(root: string): Map<string, string> {
  return new Map(declarationsIn(root).map(({ name, topic }) => [name, topic]));
}

/** Topics by service. */
export function byService(uses: readonly TopicUse[]): Record<string, string[]> {
  return grouped(uses, 'service', 'topic');
}

/** Services by topic. */
export function byTopic(uses: readonly TopicUse[]): Record<string, string[]> {
  return grouped(uses, 'topic', 'service');
}

function grouped(uses: readonly TopicUse[], key: keyof TopicUse, value: keyof TopicUse): Record<string, string[]> {
  const groups = [...Map.groupBy(uses, (use) => use[key])];
  return Object.fromEntries(groups.map(([name, found]) => [name, found.map((use) => use[value])]));
}

function declarationsIn(root: string): Declaration[] {
  return globSync('libs/events/src/*-events.ts', { cwd: root })
    .toSorted()
    .flatMap((file) => {
      const text = readFileSync(join(root, file), 'utf8');
      const found = [...text.matchAll(DECLARATION)];
      if (found.length !== text.split('= defineEvent(').length - 1)
        throw new Error(`${file} has an event that does not begin with its type, version and publisher`);
      return found.map(([, name = '', topic = '', publisher = '']) => ({ name, topic, publisher }));
    });
}
