export const INVARIANTS = [
  'I1',
  'I2',
  'I3',
  'I4',
  'I5',
  'I6',
  'I7',
  'I8',
  'I9',
  'I10',
  'I11',
  'I12',
  'I13',
  'I14',
  'I15',
  'I16',
  'I17',
] as const;

export type Invariant = (typeof INVARIANTS)[number];

/** Something that must not be, with the first few examples. */
export interface Finding {
  readonly invariant: Invariant;
  readonly what: string;
  readonly count: number;
  readonly examples: readonly string[];
}

/** A finding of the given things, or none when there are none. */
export function finding(invariant: Invariant, what: string, things: readonly string[]): Finding[] {
  if (things.length === 0) return [];
  return [{ invariant, what, count: things.length, examples: things.slice(0, 5) }];
}
