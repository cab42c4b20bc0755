import { offerLoad } from '../load.ts';
import { firstIdAt } from '../observer.ts';
import { cpuSecondsOf } from '../../test/system/processes.ts';
import type { SmtpResult } from '../result.ts';
import { NOTIFICATIONS_AN_ORDER } from '../sustained.ts';
import type { PartContext } from './context.ts';
import { emptying } from './emptying.ts';

/** Mails gather while the notification service is stopped; then it sends them over SMTP as fast as that goes. */
export async function measureSmtp(context: PartContext, rate: number): Promise<SmtpResult> {
  const { bench, seconds, say } = context;
  const { supervisor } = bench.system.stack;
  await bench.stopAll(['notification-service']);
  const firstId = firstIdAt(Date.now());
  const load = offerLoad({ ...bench.loadOptions(), rate, seconds, followEvery: Infinity });
  const samples = await load.answered;
  await emptying(() => bench.observer.openOrders());
  await supervisor.start('notification-service');
  const pid = supervisor.pid('notification-service');
  const before = cpuSecondsOf(pid);
  const due = samples.filter(({ status }) => status === 201).length * NOTIFICATIONS_AN_ORDER;
  const sent = await emptying(async () => due - (await bench.observer.sentSince(firstId)));
  const used = cpuSecondsOf(pid) - before;
  const mailsPerSecond = Math.round(sent.perSecond * 10) / 10;
  const cpuSecondsPer1000Mails = Math.round((used / due) * 100_000) / 100;
  await bench.observer.untilSettled(samples, firstId);
  const wrong = await bench.observer.wrongOrders(samples, firstId);
  context.broken.push(...wrong.map((what) => `smtp: ${what}`));
  say(`SMTP: ${due} mails, ${mailsPerSecond}/s, ${cpuSecondsPer1000Mails} CPU s per 1,000 in the notification service`);
  return { mails: due, mailsPerSecond, cpuSecondsPer1000Mails, wrong };
}
