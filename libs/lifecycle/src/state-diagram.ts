import type { StateMachine, Transition } from './state-machine';

/** A step of a diagram: a transition, or the beginning of a lifecycle, which comes from {@link START}. */
export interface DiagramStep {
  readonly from: string;
  readonly to: string;
  readonly trigger: string;
  readonly announces?: string;
}

/** Where a lifecycle begins, as Mermaid has it. */
export const START = '[*]';

/**
 * A lifecycle as a Mermaid `stateDiagram-v2`. Triggers that lead from one state to the same other one share an arrow, and so do
 * those of them that are announced alike: `a, b / event`. Final states have a thick border: arrows to a common end would cross all
 * others.
 * @param isShown which steps are drawn, with their states, for a lifecycle that needs several diagrams; by default all
 */
export function stateDiagram<State extends string>(
  machine: StateMachine<State>,
  isShown: (step: DiagramStep) => boolean = () => true,
): string {
  const shown = stepsOf(machine).filter(isShown);
  const states = new Set(shown.flatMap(({ from, to }) => [from, to]));
  const arrows = [...Map.groupBy(shown, ({ from, to }) => `  ${from} --> ${to}: `)].map(
    ([arrow, group]) => arrow + labelOf(group),
  );
  const final = machine.finalStates.filter((state) => states.has(state));
  const marked = final.length === 0 ? [] : ['  classDef final stroke-width:3px', `  class ${final.join(',')} final`];
  return ['stateDiagram-v2', ...arrows, ...marked].join('\n');
}

/** All that can be drawn of a lifecycle. What only announces something and leads nowhere is left out. */
export function stepsOf<State extends string>({ beginnings, transitions }: StateMachine<State>): DiagramStep[] {
  const starts = Object.entries(beginnings).map(([trigger, to]) => ({ from: START, to, trigger }));
  const moves: Transition<State>[] = transitions.filter(({ from, to }) => from !== to);
  return [...starts, ...moves];
}

/** A slash is read with all lines above it, so what is not announced comes last. */
function labelOf(group: readonly DiagramStep[]): string {
  const lines = [...Map.groupBy(group, ({ announces }) => announces)].map(([event, steps]) => ({
    isLast: event === undefined,
    text: [...steps.map(({ trigger }) => trigger), ...(event === undefined ? [] : [`/ ${event}`])].join('<br/>'),
  }));
  return lines
    .toSorted((a, b) => Number(a.isLast) - Number(b.isLast))
    .map(({ text }) => text)
    .join('<br/>');
}
