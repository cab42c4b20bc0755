import { type FinishedSpan, SystemClock, Tracing } from '@app/platform';

/** Keeps spans instead of exporting them. */
export class RecordedSpans {
  readonly spans: FinishedSpan[] = [];
  readonly dropped = 0;
  readonly tracing = new Tracing(new SystemClock(), undefined, this);

  add(span: FinishedSpan): void {
    this.spans.push(span);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Name, span id and parent of each. */
  get shown(): string[][] {
    return this.spans.map(({ name, context, parentSpanId = 'root' }) => [name, context.slice(36, 52), parentSpanId]);
  }
}

export const SAMPLED = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
export const UNSAMPLED = SAMPLED.replace(/1$/, '0');
