import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { Firing } from './alerts/firing.ts';
import { withinTime } from '../../libs/testing/src/eventually.ts';
import { judge, type Verdict } from './checks/all.ts';
import { finding, type Finding, type Invariant } from './checks/invariant.ts';
import { plot } from './plot.ts';
import type { Scenario } from './scenario.ts';
import type { RunOptions } from './setting.ts';
import { World } from './world.ts';

/** Something that a scenario waits for never came. */
const LONGEST_MS = 20 * 60_000;

/** What became of one scenario. */
export interface Result {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly seconds: number;
  readonly restSeconds: number;
  /** Longest that orders were refused after a fault had ended. */
  readonly recoverySeconds: number;
  /** Longest that a service served nobody, because of what it did itself. */
  readonly stallMs: number;
  readonly accepted: number;
  readonly mails: number;
  readonly mailCopies: number;
  readonly findings: readonly Finding[];
  /** Alerts that fired; undefined when nobody watched, since the scenario expects none or Prometheus is not installed. */
  readonly firings?: readonly Firing[] | undefined;
  /** Set when the scenario could not be carried out: then nothing was judged. */
  readonly broken?: string;
}

export function isRed({ findings, broken }: Result): boolean {
  return broken !== undefined || findings.length > 0;
}

/** Runs one scenario on a system of its own and keeps its history and timeline in `directory`. */
export async function runScenario(scenario: Scenario, options: RunOptions, directory: string): Promise<Result> {
  const begin = performance.now();
  let world: World | undefined;
  try {
    world = await World.create(scenario, options);
    await withinTime(scenario.run(world), LONGEST_MS, 'the scenario');
    const end = world.load.now;
    await world.load.stop();
    const verdict = await judge(world, scenario);
    const result = resultOf(scenario, options, world, verdict, begin);
    keep(world, result, directory, end);
    if (options.draw !== undefined) await draw(world, join(options.draw, scenario.id));
    return result;
  } catch (error) {
    const broken = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const nothing = {
      restSeconds: 0,
      recoverySeconds: 0,
      stallMs: 0,
      accepted: 0,
      mails: 0,
      mailCopies: 0,
      findings: [],
    };
    return { scenario, seed: options.seed, seconds: secondsSince(begin), ...nothing, broken };
  } finally {
    await world?.destroy();
  }
}

function resultOf(
  scenario: Scenario,
  { seed }: RunOptions,
  world: World,
  { findings, restSeconds, recoverySeconds, stallMs, mailCopies, firings }: Verdict,
  begin: number,
): Result {
  const accepted = world.load.journal.acknowledged.length;
  // A fault that hits nobody proves nothing.
  const idle = accepted < 50 ? finding('I1', `only ${accepted} orders were accepted in all`, [scenario.id]) : [];
  const judged = [...findings, ...idle].filter(({ invariant }) => scenario.notJudged?.[invariant] === undefined);
  const mails = world.sink.mails.length;
  const seconds = { seconds: secondsSince(begin), restSeconds, recoverySeconds };
  return { scenario, seed, ...seconds, stallMs, accepted, mails, mailCopies, findings: judged, firings };
}

function keep(world: World, result: Result, directory: string, end: number): void {
  mkdirSync(directory, { recursive: true });
  const { scenario, ...figures } = result;
  const { entries } = world.load.journal;
  const machine = { cpus: cpus().length, model: cpus()[0]?.model, node: process.version };
  const history = {
    at: new Date().toISOString(),
    machine,
    id: scenario.id,
    title: scenario.title,
    ...figures,
    bands: world.bands,
    samples: world.sampler.samples,
    mailsReceived: world.sink.mails,
    requests: entries.map(({ body: _body, ...entry }) => entry),
  };
  writeFileSync(join(directory, `${scenario.id}.json`), JSON.stringify(history));
  const title = `${scenario.id} ${scenario.title} (seed ${result.seed})`;
  const { samples } = world.sampler;
  const last = Math.max(end, samples.at(-1)?.at ?? 0);
  writeFileSync(
    join(directory, `${scenario.id}.svg`),
    plot({ title, entries, samples, bands: world.bands, end: last }),
  );
}

async function draw({ alerts }: World, directory: string): Promise<void> {
  if (alerts === undefined)
    throw new Error('nobody watched: the scenario has no alerts, or Prometheus is not installed');
  const empty = await alerts.draw(directory);
  for (const panel of empty) process.stdout.write(`   nothing to draw in ${panel}\n`);
}

function secondsSince(begin: number): number {
  return Math.round((performance.now() - begin) / 100) / 10;
}

/** For the table: whether one invariant held. */
export function mark(result: Result, invariant: Invariant): '✓' | '✗' | '–' {
  if (result.broken !== undefined || result.scenario.notJudged?.[invariant] !== undefined) return '–';
  if (invariant === 'I17' && result.firings === undefined) return result.findings.some(isOf(invariant)) ? '✗' : '–';
  return result.findings.some(isOf(invariant)) ? '✗' : '✓';
}

function isOf(invariant: Invariant): (found: Finding) => boolean {
  return (found) => found.invariant === invariant;
}
