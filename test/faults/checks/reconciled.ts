import { disagreements, type Disagreement } from '../../../tools/ops/reconcile/reconcile.ts';
import type { World } from '../world.ts';
import { INVARIANTS, type Finding } from './invariant.ts';

/** The operator's own reconciler must come to the same verdict: on a system at rest it finds nothing. */
export async function checkReconciled(world: World): Promise<Finding[]> {
  const { stack } = world.cluster.system;
  const target = { databaseUrl: stack.databaseUrl('admin'), kafka: [stack.kafka] };
  const found = (await disagreements(target, { settleMs: 0 })).filter((each) => !isAboutRemoved(world, each));
  return [...Map.groupBy(found, ({ invariant, check }) => `${invariant} ${check}`)].flatMap(([what, of]) => {
    const invariant = INVARIANTS.find((name) => name === of[0]?.invariant);
    if (invariant === undefined) return [];
    const examples = of
      .slice(0, 3)
      .map(
        ({ subject, service, expected, found: is }) =>
          `${service ?? ''} ${subject}: expected ${String(expected)}, found ${String(is)}`,
      );
    return [{ invariant, what: `reconcile: ${what}`, count: of.length, examples }];
  });
}

/** The reconciler is right to miss what a scenario has deleted with its topic; `checkTopics` remembers it. */
function isAboutRemoved({ removedRecords }: World, { invariant, orderId, subject }: Disagreement): boolean {
  if (invariant !== 'I2') return false;
  return removedRecords.some(
    ({ key, headers }) => key?.toString() === orderId || subject.includes(headers['ce_id']?.toString() ?? 'no id'),
  );
}
