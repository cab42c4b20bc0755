import fc from 'fast-check';
import type { System } from '../system/system.ts';
import type { Findings } from './findings.ts';
import { attacksOn, endpointsOf, type Attack, type OpenApiDocument } from './http-attacks.ts';
import { objectionsTo } from './http-oracle.ts';
import { exchange, type RawAnswer } from './raw-http.ts';

/** Every answer must have come by then, whatever else runs on the machine. */
const ANSWER_WITHIN_MS = 5_000;
const AT_ONCE = 8;

export interface HttpTarget {
  readonly service: string;
  readonly port: number;
  readonly document: OpenApiDocument;
}

export async function httpTargets(system: System): Promise<HttpTarget[]> {
  return Promise.all(
    Object.entries(system.stack.services).map(async ([service, url]) => ({
      service,
      port: Number(new URL(url).port),
      document: (await (await fetch(`${url}/docs-json`)).json()) as OpenApiDocument,
    })),
  );
}

/** Attacks all endpoints of all services; what was refused must not have left anything behind. */
export async function fuzzHttp(system: System, findings: Findings, seed: number, cases: number): Promise<void> {
  const before = await stored(system);
  const accepted = new Set<string>();
  for (const target of await httpTargets(system)) {
    const endpoints = endpointsOf(target.document);
    const share = Math.ceil((cases * endpoints.length) / (await endpointCount(system)));
    const attacks = fc.sample(attacksOn(endpoints), { seed, numRuns: share });
    await inParallel(attacks, async (attack, index) => {
      const answers = await attackOnce(
        target,
        attack,
        findings,
        `--only http --seed ${seed} (${target.service} #${index})`,
      );
      for (const answer of answers) rememberAccepted(target.service, answer, accepted);
    });
  }
  await nothingFromRefusals(system, findings, { before, accepted, seed });
}

async function attackOnce(
  target: HttpTarget,
  attack: Attack,
  findings: Findings,
  again: string,
): Promise<readonly RawAnswer[]> {
  const { answers, closed, ms } = await exchange(target.port, [attack.bytes], { head: attack.head });
  const part = `http ${target.service}`;
  findings.ran(part);
  const objections = answers.flatMap((answer) => objectionsTo(answer, attack.head));
  if (answers.length === 0 && closed) objections.push('connection closed without an answer');
  if (!closed && answers.length === 0) objections.push('no answer');
  if (answers.length > 0 && ms > ANSWER_WITHIN_MS && closed && !waitsForBody(answers))
    objections.push('answer too late');
  for (const objection of new Set(objections)) {
    const sent = attack.bytes.toString('latin1').slice(0, 400);
    const came = JSON.stringify(answers[0]?.body.slice(0, 500) ?? '');
    findings.add(part, objection, `${attack.label}: ${JSON.stringify(sent)} → ${Math.round(ms)} ms ${came}`, again);
  }
  return answers;
}

/** A request that announces more than it sends is waited for until its time is up. */
function waitsForBody(answers: readonly RawAnswer[]): boolean {
  return answers.some(({ status }) => status === 408);
}

interface Stored {
  readonly orders: number;
  readonly products: number;
  readonly adjustments: number;
}

/** What requests (and not events) have stored, without the canary's. */
async function stored(system: System): Promise<Stored> {
  const [row] = await system.sql<Record<keyof Stored, string>>(`
    SELECT (SELECT count(*) FROM orders WHERE user_id <> 'canary') AS orders,
           (SELECT count(*) FROM inventory WHERE product_id NOT LIKE 'TEST-%') AS products,
           (SELECT count(*) FROM stock_movements WHERE order_id IS NULL AND reason <> 'initial') AS adjustments`);
  return { orders: Number(row?.orders), products: Number(row?.products), adjustments: Number(row?.adjustments) };
}

function rememberAccepted(service: string, { status, body, headers }: RawAnswer, accepted: Set<string>): void {
  if (status !== 201 || headers.has('idempotent-replayed')) return;
  const answer = JSON.parse(body) as { order_id?: string; product_id?: string; movement?: { movement_id: number } };
  if (service === 'order-service') accepted.add(`order ${answer.order_id ?? ''}`);
  else if (answer.movement !== undefined) accepted.add(`adjustment ${answer.movement.movement_id}`);
  else accepted.add(`product ${answer.product_id ?? ''}`);
}

async function nothingFromRefusals(
  system: System,
  findings: Findings,
  { before, accepted, seed }: { before: Stored; accepted: ReadonlySet<string>; seed: number },
): Promise<void> {
  const after = await stored(system);
  for (const [kind, name] of [
    ['orders', 'order'],
    ['products', 'product'],
    ['adjustments', 'adjustment'],
  ] as const) {
    const acknowledged = [...accepted].filter((one) => one.startsWith(name)).length;
    const found = after[kind] - before[kind];
    if (found === acknowledged) continue;
    findings.add(
      'http',
      `${kind} that no answer acknowledged`,
      `${found} stored, ${acknowledged} acknowledged`,
      `--seed ${seed}`,
    );
  }
}

async function endpointCount(system: System): Promise<number> {
  const targets = await httpTargets(system);
  return targets.reduce((sum, { document }) => sum + endpointsOf(document).length, 0);
}

async function inParallel<T>(items: readonly T[], work: (item: T, index: number) => Promise<void>): Promise<void> {
  const entries = items.entries();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const [index, item] of entries) await work(item, index);
    }),
  );
}
