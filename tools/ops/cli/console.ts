import { printableJson } from './printable.ts';

export type Colour = 'red' | 'yellow' | 'green' | 'dim';

/** What a command may touch of its surroundings, so that a test can take their place. */
export interface Console {
  /** For people and pipes. */
  print(text: string): void;
  /** What is not the answer: hints, what went wrong. */
  note(text: string): void;
  /** What is being done just now; the next one takes its place. Nobody but a person sees it. */
  progress(text: string): void;
  /** In the place of what it was called with before, on a terminal; else below it. */
  redraw(text: string): void;
  /** The text in this colour, where colours are seen; else the text. */
  paint(colour: Colour, text: string): string;
  now(): Date;
  /** Resolves after the time; at once with false when the command was interrupted. */
  pause(ms: number): Promise<boolean>;
  /** The name of who is at the keyboard. */
  readonly user: string;
}

export function printJson(console: Console, value: unknown): void {
  console.print(printableJson(value, 2));
}
