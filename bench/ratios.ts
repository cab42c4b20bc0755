/** What does not depend on how fast a machine is, or less than times do. */
export interface Ratios {
  readonly servicesCpuToPostgresCpu: number;
  readonly confirmedToRawSql: number;
  readonly transactionsPer1000: number;
}

/** What is worse: more of it or less. */
const WORSE: Readonly<Record<keyof Ratios, 'more' | 'less'>> = {
  servicesCpuToPostgresCpu: 'more',
  confirmedToRawSql: 'less',
  transactionsPer1000: 'more',
};

/** A ratio beside its stored value. */
export interface Comparison {
  readonly name: keyof Ratios;
  readonly measured: number;
  readonly stored: number;
  /** Share by which it is worse than stored; negative when it is better. */
  readonly worse: number;
  readonly regressed: boolean;
}

/** Ratios of one short run scatter; only what is worse by more than `tolerance` (0.4: 40 %) is a regression. */
export function compare(measured: Ratios, stored: Ratios, tolerance: number): Comparison[] {
  return (Object.keys(WORSE) as (keyof Ratios)[]).map((name) => {
    const [now, then] = [measured[name], stored[name]];
    const worse = (WORSE[name] === 'more' ? now / then : then / now) - 1;
    return { name, measured: now, stored: then, worse, regressed: !(worse <= tolerance) };
  });
}
