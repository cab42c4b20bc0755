import type { ServiceName } from '../tools/stack/index.ts';
import type { BaselinesResult } from './baselines/baselines.ts';
import type { Machine } from './machine.ts';
import type { BenchPlan, Part } from './options.ts';
import type { StageResult } from './stage.ts';
import type { Percentiles } from './statistics.ts';
import type { Step } from './steps.ts';

/** A few orders a second, and then as many as were asked for. */
export interface LoadResult {
  readonly unloaded: StageResult;
  readonly loaded: StageResult;
}

export interface Probe {
  readonly rate: number;
  readonly seconds: number;
  readonly notSustained: readonly string[];
}

export interface SearchResult {
  readonly sustainedPerSecond: number;
  readonly probes: readonly Probe[];
  /** The long load that confirmed it. */
  readonly confirmed: StageResult;
}

/** Latency at a share of the sustained rate. */
export interface LatencyResult {
  readonly unloaded: StageResult;
  readonly atShares: readonly { readonly share: number; readonly stage: StageResult }[];
}

/** What gathered while services were stopped, and how it went when they were back. */
export interface BacklogResult {
  readonly stopped: readonly string[];
  readonly offeredPerSecond: number;
  readonly seconds: number;
  readonly orders: number;
  /** From the command to start the services until nothing was open anywhere, their start included. */
  readonly recoverySeconds: number;
  /** From the first sign of work until the last order was confirmed. */
  readonly drainedPerSecond: number;
  readonly wrong: readonly string[];
}

/** Shares of one core, by process. */
export interface IdleResult {
  readonly seconds: number;
  readonly shares: Readonly<Record<string, number>>;
}

/** What the points allow of which there is only one. */
export interface LimitsResult {
  /** Every order of the load wants the same product; offered the sustained rate. */
  readonly hotProduct: StageResult;
  /** Write-ahead log of one order of that load, notifications included. */
  readonly walBytesPerOrder: number;
  /** Of what PostgreSQL's sessions used, by service. */
  readonly databaseShares: Readonly<Record<ServiceName, number>>;
  /** Of the order service, with nothing else to do. */
  readonly relay: { readonly recordsPerSecond: number; readonly cpuSecondsPer1000Records: number };
}

/** What one isolated system showed. */
export interface Round {
  readonly load?: LoadResult;
  readonly search?: SearchResult;
  readonly latency?: LatencyResult;
  readonly backlog?: BacklogResult;
  readonly idle?: IdleResult;
  readonly limits?: LimitsResult;
  readonly baselines?: BaselinesResult;
}

/** What the time from POST to confirmed is made of, with nothing else to do. */
export interface StepsResult {
  readonly orders: number;
  readonly confirmedMs: Percentiles;
  readonly steps: readonly Step[];
}

/** What the path over SMTP carries: notifications gather while their service is stopped, and then all are mailed. */
export interface SmtpResult {
  readonly mails: number;
  readonly mailsPerSecond: number;
  /** Of the notification service alone. */
  readonly cpuSecondsPer1000Mails: number;
  readonly wrong: readonly string[];
}

/** CPU seconds of the four services for 1,000 orders, in one system. */
export interface ObservingTurn {
  readonly setting: 'neither' | 'logs' | 'metrics' | 'both';
  readonly cpuSecondsPer1000: number;
}

/** What it costs to tell of orders in logs and metrics. */
export interface ObservingResult {
  readonly turns: readonly ObservingTurn[];
  /** By how much the services use more CPU than with neither, by the medians of the turns. */
  readonly percentOfServices: Readonly<Record<Exclude<ObservingTurn['setting'], 'neither'>, number>>;
}

export interface ReplicasResult {
  readonly replicas: number;
  readonly search: SearchResult;
  /** All counts of replicas are offered the same. */
  readonly stage: StageResult;
}

export interface StoredResult {
  readonly orders: number;
  readonly databaseMiB: number;
  readonly fillSeconds: number;
  readonly stage: StageResult;
}

/** A later run that added parts or rounds to a result. */
export interface Resumption {
  readonly at: string;
  readonly commit: string;
  readonly parts: readonly Part[];
  /** How many rounds it added. */
  readonly rounds: number;
}

/** What a figure has to be. */
export interface Target {
  readonly is: 'atLeast' | 'atMost';
  readonly value: number;
  /** Below it something is wrong; between it and the target it is only missed. */
  readonly floor?: number;
}

/** One line of the report. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly target?: Target;
  readonly median: number;
  readonly least: number;
  readonly most: number;
  /** Whether the median meets the target. */
  readonly met?: boolean;
}

/** Everything a run has found, as it is stored. */
export interface BenchResult {
  readonly at: string;
  readonly machine: Machine;
  readonly plan: BenchPlan;
  readonly rounds: readonly Round[];
  readonly steps?: StepsResult;
  readonly smtp?: SmtpResult;
  readonly observing?: ObservingResult;
  readonly replicas?: readonly ReplicasResult[];
  readonly stored?: readonly StoredResult[];
  /** Later runs that added parts. */
  readonly resumed?: readonly Resumption[];
  readonly figures: readonly Figure[];
  /** Orders lost or wrong, invariants broken; empty when all is well. */
  readonly broken: readonly string[];
}
