import type { StateMachine, Transition } from './state-machine';

/** A lifecycle as a Mermaid `stateDiagram-v2`. Triggers that lead from one state to the same other one share an arrow. */
export function stateDiagram<State extends string>(machine: StateMachine<State>): string {
  const { beginnings, transitions, finalStates } = machine;
  const starts = [...Map.groupBy(Object.entries(beginnings), ([, state]) => state)].map(
    ([state, entries]) => `  [*] --> ${state}: ${entries.map(([trigger]) => trigger).join('<br/>')}`,
  );
  const moves = transitions.filter(({ from, to }) => from !== to);
  const arrows = [...Map.groupBy(moves, ({ from, to }) => `  ${from} --> ${to}: `)].map(
    ([arrow, group]) => arrow + group.map(labelOf).join('<br/>'),
  );
  const ends = finalStates.map((state) => `  ${state} --> [*]`);
  return ['stateDiagram-v2', ...starts, ...arrows, ...ends].join('\n');
}

function labelOf({ trigger, announces }: Transition<string>): string {
  return announces === undefined ? trigger : `${trigger} / ${announces}`;
}
