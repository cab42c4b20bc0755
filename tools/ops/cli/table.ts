import Table from 'cli-table3';
import { printable } from './printable.ts';

/** A value of a cell; nothing is a dash. */
export type Cell = string | number | boolean | null | undefined | Painted;

/** A cell that stands out. */
export interface Painted {
  readonly value: string | number;
  readonly paint: (text: string) => string;
}

const NO_LINES = Object.fromEntries(
  [
    ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
    ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'],
  ].map((place) => [place, '']),
);

/** Rows under headings, without lines, so that it can be read, searched and pasted. */
export function table(headings: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const made = new Table({
    head: [...headings],
    chars: { ...NO_LINES, middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  for (const row of rows) made.push(row.map(textOf));
  return made
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** `1 order`, `3 orders`. */
export function countOf(count: number, singular: string, plural = `${singular}s`): string {
  return `${count} ${count === 1 ? singular : plural}`;
}

/** As much of a text as fits on a line of so many characters. */
export function clip(text: string | null, length: number): string {
  const line = (text ?? '').replace(/\s+/g, ' ');
  return line.length <= length ? line : `${line.slice(0, length - 1)}…`;
}

function textOf(cell: Cell): string {
  // Its colour is ours; what it says may be a stranger's.
  if (typeof cell === 'object' && cell !== null) return cell.paint(printable(String(cell.value)));
  return cell === null || cell === undefined || cell === '' ? '–' : printable(String(cell));
}
