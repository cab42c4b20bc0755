import { ORDER_NUMBER } from '@app/events';
import type { Console } from '../cli/console.ts';
import { EXIT, type ExitCode } from '../cli/exit-code.ts';
import { orderId } from '../cli/options.ts';
import { printable, printableJson } from '../cli/printable.ts';
import { logSource } from './log-sources.ts';
import { storyOf, type StoryLine } from './story.ts';

/** Prints the story of an order. */
export async function logsCommand(
  console: Console,
  order: string,
  flags: { json?: true; docker?: true; directory?: string },
): Promise<ExitCode> {
  const source = logSource(flags);
  const asked = ORDER_NUMBER.test(order.toUpperCase()) ? { number: order.toUpperCase() } : { id: orderId(order) };
  const story = await storyOf(source, asked);
  if (story.length === 0) {
    console.note(`no line about ${order} in ${source.description}; LOG_ORDERS=all logs every order`);
    return EXIT.found;
  }
  for (const line of story) console.print(flags.json ? printableJson(line) : shown(line, console));
  return EXIT.fine;
}

/** `12:01:03.123  payment       Payment of 1299.99 USD authorised`; a warning stands out. */
function shown({ time, service, level, message }: StoryLine, console: Console): string {
  const text = printable(`${time.slice(11, 23)}  ${service.replace(/-service$/, '').padEnd(12)}  ${message}`);
  if (level === 'info') return text;
  return console.paint(level === 'warn' ? 'yellow' : 'red', `${text} [${level}]`);
}
