import { OpsError } from './exit-code.ts';

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `10m`, `2h`, `7d`, `500ms` in milliseconds. @throws OpsError */
export function durationMs(text: string): number {
  const [, amount, unit = ''] = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text) ?? [];
  const factor = UNIT_MS[unit];
  if (amount === undefined || factor === undefined)
    throw new OpsError(`not a duration: ${text} (try 90s, 10m, 2h, 7d)`);
  return Number(amount) * factor;
}

/** A moment: so long before now, or a time as RFC 3339 has it. @throws OpsError */
export function momentOf(text: string, now: Date): Date {
  if (/^\d+[a-z]+$/.test(text)) return new Date(now.getTime() - durationMs(text));
  const moment = /^\d{4}-\d\d-\d\d(T|$)/.test(text) ? new Date(text) : undefined;
  if (moment === undefined || Number.isNaN(moment.getTime())) {
    throw new OpsError(`neither a duration nor a time: ${text} (try 10m, or 2026-01-15T09:30:00Z)`);
  }
  return moment;
}

/** `3 s`, `12 min`, `5 h`, `9 d`: as much as a person needs to know. */
export function approximately(ms: number): string {
  const steps = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'min'],
    [1_000, 's'],
  ] as const;
  for (const [size, unit] of steps) if (ms >= 2 * size) return `${Math.floor(ms / size)} ${unit}`;
  return `${Math.max(0, Math.round(ms / 1_000))} s`;
}
