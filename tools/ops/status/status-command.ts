import type { Console } from '../cli/console.ts';
import { EXIT, type ExitCode } from '../cli/exit-code.ts';
import { printable, printableJson } from '../cli/printable.ts';
import { describeAddresses, type SystemAddresses } from '../cli/target.ts';
import { exitOf, needsAttention } from './attention.ts';
import { ratesBetween } from './rates.ts';
import { statusReport } from './status-report.ts';
import { statusOf, type Status } from './status.ts';

/** Everything about the state of the system at one look. Exit code 1: something needs a look, the last lines say what; 2: something is silent. */
export async function statusCommand(console: Console, addresses: SystemAddresses, json: boolean): Promise<ExitCode> {
  const status = await statusOf(addresses, (text) => console.note(text));
  const findings = needsAttention(status, addresses.services);
  if (json) console.print(printableJson({ ...status, findings }, 2));
  else console.print(`${describeAddresses(addresses)}\n\n${statusReport(status, (...it) => console.paint(...it))}`);
  if (!json && findings.length > 0) console.print(`\n${attention(console, findings)}`);
  return exitOf(status, findings);
}

/** The same again and again, in its place and with rates, until it is interrupted; as JSON one object a line. */
export async function watchStatus(
  console: Console,
  addresses: SystemAddresses,
  json: boolean,
  intervalMs: number,
): Promise<ExitCode> {
  let before: { readonly status: Status; readonly at: number } | undefined;
  do {
    const notes: string[] = [];
    const at = console.now().getTime();
    const status = await statusOf(addresses, (text) => notes.push(printable(text)));
    const findings = needsAttention(status, addresses.services);
    const rates = before && ratesBetween(before.status, status, Math.max(1, at - before.at) / 1_000);
    before = { status, at };
    if (json) {
      const told = rates && { orders: rates.orders, services: Object.fromEntries(rates.services) };
      console.print(printableJson({ at: new Date(at).toISOString(), ...status, findings, rates: told }));
      continue;
    }
    const title = `${new Date(at).toISOString()}  every ${intervalMs / 1_000} s, Ctrl-C ends`;
    const report = statusReport(status, (...it) => console.paint(...it), rates);
    const parts = [title, describeAddresses(addresses), report, ...notes, attention(console, findings)];
    console.redraw(parts.filter((part) => part !== '').join('\n\n'));
  } while (await console.pause(intervalMs));
  return EXIT.fine;
}

function attention(console: Console, findings: readonly string[]): string {
  return findings.map((finding) => console.paint('red', printable(finding))).join('\n');
}
