import type { Probe, SearchResult } from '../result.ts';
import { highestSustained } from '../search.ts';
import type { StageResult } from '../stage.ts';
import { shortDuration, stageOf, type PartContext } from './context.ts';

const RESOLUTION = 0.05;

/** The highest rate that is sustained, beginning at `from`. What "sustained" means is said in sustained.ts. */
export async function search(context: PartContext, from: number): Promise<SearchResult> {
  const probes: Probe[] = [];
  let confirmed: StageResult | undefined;
  const offer = async (name: string, rate: number, seconds: number): Promise<boolean> => {
    confirmed = await stageOf(context, { name, rate, seconds });
    const { notSustained } = confirmed;
    probes.push({ rate, seconds, notSustained });
    return notSustained.length === 0;
  };
  const sustainedPerSecond = await highestSustained({
    from,
    resolution: RESOLUTION,
    probe: (rate) => offer('probe', rate, shortDuration(context.seconds)),
    confirm: (rate) => offer('sustained', rate, context.seconds),
  });
  if (confirmed === undefined) throw new Error('the search has offered nothing');
  return { sustainedPerSecond, probes, confirmed };
}
