import { EVENTS } from '@app/events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { byService, byTopic, publicationsIn, subscriptionsIn } from './subscriptions';

const root = join(import.meta.dirname, '../..');

/** A repository of these files for as long as `look` takes. */
function looking<Result>(files: Readonly<Record<string, string>>, look: (root: string) => Result): Result {
  const made = mkdtempSync(join(tmpdir(), 'subscriptions-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(made, path)), { recursive: true });
      writeFileSync(join(made, path), text);
    }
    return look(made);
  } finally {
    rmSync(made, { recursive: true });
  }
}

const CONTRACT = `export const ThingDone = defineEvent({ type: 'thing_done', version: 1, publisher: 'thing-service', summary: '' });`;
const CONSUMER = 'apps/other-service/src/messaging/things.consumer.ts';

describe('the use of topics', () => {
  it('is read from the text of the code as the code itself has it', () => {
    const declared = EVENTS.map(({ publisher, type }) => `${publisher} ${type}`);
    expect(
      publicationsIn(root)
        .map(({ service, topic }) => `${service} ${topic}`)
        .toSorted(),
    ).toEqual(declared.toSorted());
  });

  it('is grouped by service and by topic', () => {
    const files = {
      'libs/events/src/thing-events.ts': CONTRACT,
      [CONSUMER]: '  @EventPattern(ThingDone)\n  async done() {}',
    };
    const uses = looking(files, subscriptionsIn);
    expect([byService(uses), byTopic(uses)]).toEqual([
      { 'other-service': ['thing_done'] },
      { thing_done: ['other-service'] },
    ]);
  });

  it('names a consumer that listens to what is no event', () => {
    expect(() => looking({ [CONSUMER]: '@EventPattern(ThingUndone)' }, subscriptionsIn)).toThrow(
      `${CONSUMER} listens to ThingUndone, which is no event`,
    );
  });

  it('misses no contract that is written in another way', () => {
    const odd = `${CONTRACT}\nexport const Other = defineEvent({ ...common, type: 'other_done' });`;
    expect(() => looking({ 'libs/events/src/thing-events.ts': odd }, publicationsIn)).toThrow(
      'thing-events.ts has an event that does not begin with its type',
    );
  });
});
