/** How the simulated gateway behaves. `fails_after`: does its work, and the answer is lost. */
export type GatewayMode = 'normal' | 'hangs' | 'fails_before' | 'fails_after';

/** What the suite tells one process, through a file the process watches. */
export interface Instructions {
  /** Die at the n-th passage of this failpoint. */
  readonly kill?: { readonly point: string; readonly passage: number };
  readonly gateway?: GatewayMode;
  /** Milliseconds that each consumed record takes longer. */
  readonly slowMs?: number;
  /** Hold topics back at random, where they are sent and where they are read. */
  readonly disorder?: boolean;
  /** By how much this process's clock is ahead (or, below 0, behind), in milliseconds. */
  readonly clockSkewMs?: number;
  /** A handler with a defect: it fails for good at the events of a topic, of all orders or of these. */
  readonly defect?: { readonly topic: string; readonly orders?: readonly string[] };
}

/** Where a process can be made to die. */
export const FAILPOINTS = [
  'after-fetch',
  'mid-batch',
  'after-handler-before-commit',
  'after-commit-before-offset-commit',
  'after-commit-before-publish',
  'after-publish-before-delete',
  'between-gateway-answer-and-commit',
  'between-mail-sent-and-commit',
  'after-commit-before-answer',
] as const;

export type Failpoint = (typeof FAILPOINTS)[number];

/** A deliberate mistake, built in by the suite to see whether the checks notice. */
export const BREAKAGES = [
  'outbox-skipped',
  'inbox-skipped',
  'row-lock-skipped',
  'offset-before-database',
  'relay-without-lock',
  'compensation-skipped',
  'idempotency-outside-transaction',
  'own-clock',
  'locks-waited-for',
  'topics-made-once',
  'cut-noticed-late',
  'broken-session-kept',
  'event-loop-blocked',
] as const;

export type Breakage = (typeof BREAKAGES)[number];
