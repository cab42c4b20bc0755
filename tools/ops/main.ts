import { userInfo } from 'node:os';
import { styleText } from 'node:util';
import type { Console } from './cli/console.ts';
import { printable } from './cli/printable.ts';
import { runOps } from './cli/program.ts';

/** Ends the pause that a command is making; without one Ctrl-C ends the process, as ever. */
let wakeUp: (() => void) | undefined;
process.on('SIGINT', () => {
  if (wakeUp === undefined) process.exit(130);
  wakeUp();
});
// Whoever reads has seen enough: `… | head`.
process.stdout.on('error', () => process.exit());

const HOME = '\u001b[H';
const CLEAR_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';
const CLEAR_ALL = '\u001b[2J';
let drawn = false;

const terminal: Console = {
  user: userInfo().username,
  now: () => new Date(),
  print: (text) => {
    if (process.stderr.isTTY) process.stderr.write('\u001b[2K');
    process.stdout.write(`${text}\n`);
  },
  note: (text) => {
    process.stderr.write(`${printable(text)}\n`);
  },
  progress: (text) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${text} …\r`);
  },
  redraw: (text) => {
    if (!process.stdout.isTTY) {
      process.stdout.write(`${text}\n\n`);
      return;
    }
    // Over what was there: nothing flickers, and nothing of it is left.
    const lines = text.split('\n').join(`${CLEAR_LINE}\n`);
    process.stdout.write(`${drawn ? '' : CLEAR_ALL}${HOME}${lines}${CLEAR_LINE}${CLEAR_BELOW}\n`);
    drawn = true;
  },
  // Node.js itself looks at NO_COLOR, FORCE_COLOR and whether this is a terminal.
  paint: (colour, text) => styleText(colour, text, { stream: process.stdout }),
  pause: (ms) =>
    new Promise((resolve) => {
      const end = (completely: boolean): void => {
        clearTimeout(timer);
        wakeUp = undefined;
        resolve(completely);
      };
      const timer = setTimeout(() => end(true), ms);
      wakeUp = () => end(false);
    }),
};

process.exitCode = await runOps(process.argv.slice(2), terminal);
