import type { Colour, Console } from './console.ts';

/** A console that remembers, of a person who waits for nothing: time passes only while a command pauses. */
export class RecordedConsole implements Console {
  readonly user = 'operator';
  readonly printed: string[] = [];
  readonly notes: string[] = [];
  private time = Date.parse('2026-01-15T10:00:00.000Z');

  /** @param pauses how many pauses are made before the person interrupts */
  constructor(private pauses = 100) {}

  get text(): string {
    return this.printed.join('\n');
  }

  get json(): unknown {
    return JSON.parse(this.text) as unknown;
  }

  print(text: string): void {
    this.printed.push(text);
  }

  note(text: string): void {
    this.notes.push(text);
  }

  progress(): void {
    // Nobody looks.
  }

  redraw(text: string): void {
    this.print(text);
  }

  paint(_colour: Colour, text: string): string {
    return text;
  }

  now(): Date {
    return new Date(this.time);
  }

  pause(ms: number): Promise<boolean> {
    this.time += ms;
    this.pauses -= 1;
    return Promise.resolve(this.pauses > 0);
  }
}
