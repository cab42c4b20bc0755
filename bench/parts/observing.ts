import { median } from '../figures.ts';
import type { Mails } from '../mails.ts';
import type { ObservingResult, ObservingTurn } from '../result.ts';
import { inFreshSystem, stageOf, warmUp, type RunContext } from './context.ts';

/** As often as Prometheus scrapes by default in our Compose file. */
const SCRAPE_INTERVAL_MS = 15_000;
const TURNS = 2;

/** What the services are told in each setting. Lines of orders are written at level `info`. */
export const SETTINGS = {
  neither: { LOG_LEVEL: 'info', LOG_ORDERS: 'off', METRICS: 'off' },
  logs: { LOG_LEVEL: 'info', LOG_ORDERS: 'all', METRICS: 'off' },
  metrics: { LOG_LEVEL: 'info', LOG_ORDERS: 'off', METRICS: 'on' },
  both: { LOG_LEVEL: 'info', LOG_ORDERS: 'all', METRICS: 'on' },
} as const;

/** The same load by turns, each in a fresh system, with and without logs of orders and metrics; metrics are scraped as usual. */
export async function measureObserving(
  run: RunContext,
  rate: number,
  mails: () => Promise<Mails>,
): Promise<ObservingResult> {
  const turns: ObservingTurn[] = [];
  for (let turn = 1; turn <= TURNS; turn += 1) {
    for (const setting of turn % 2 === 1 ? NAMES : NAMES.toReversed()) {
      turns.push({ setting, cpuSecondsPer1000: await costIn(setting, run, rate, await mails()) });
    }
  }
  const result = { turns, percentOfServices: percentages(turns) };
  const { logs, metrics, both } = result.percentOfServices;
  run.say(`cost of logs and metrics, of the CPU of the services: logs ${logs} %, metrics ${metrics} %, both ${both} %`);
  return result;
}

const NAMES = Object.keys(SETTINGS) as (keyof typeof SETTINGS)[];

async function costIn(setting: keyof typeof SETTINGS, run: RunContext, rate: number, mails: Mails): Promise<number> {
  return inFreshSystem(run, mails, { label: 'bench-observing', env: SETTINGS[setting] }, async (context) => {
    await warmUp(context, rate);
    const services = context.bench.system.stack.services;
    const scrapes = SETTINGS[setting].METRICS === 'on' ? scrapeAll(Object.values(services)) : undefined;
    const stage = await stageOf(context, { name: setting, rate, seconds: context.seconds });
    scrapes?.stop();
    const used = Object.keys(services).reduce((sum, name) => sum + (stage.processes[name]?.cpuSeconds ?? 0), 0);
    return Math.round((used / stage.accepted) * 100_000) / 100;
  });
}

function scrapeAll(urls: readonly string[]): { stop(): void } {
  const scrape = (): void => {
    for (const url of urls) {
      void fetch(`${url}/metrics`, { signal: AbortSignal.timeout(SCRAPE_INTERVAL_MS) })
        .then((answer) => answer.text())
        .catch(() => undefined);
    }
  };
  const timer = setInterval(scrape, SCRAPE_INTERVAL_MS);
  scrape();
  return { stop: () => clearInterval(timer) };
}

/** By how much each setting costs more than neither, by the medians. */
export function percentages(turns: readonly ObservingTurn[]): ObservingResult['percentOfServices'] {
  const cost = (setting: ObservingTurn['setting']): number =>
    median(turns.filter((turn) => turn.setting === setting).map(({ cpuSecondsPer1000 }) => cpuSecondsPer1000));
  const more = (setting: ObservingTurn['setting']): number =>
    Math.round((cost(setting) / cost('neither') - 1) * 1_000) / 10;
  return { logs: more('logs'), metrics: more('metrics'), both: more('both') };
}
