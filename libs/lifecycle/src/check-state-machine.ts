import type { StateMachine } from './state-machine';

/**
 * Checks that a lifecycle leads to known states only, that every state can be reached, that a final state can be reached from
 * each of them, and that nothing leaves a terminal one. Meant to run when a service starts.
 * @throws Error that names everything that is wrong
 */
export function checkStateMachine<State extends string>(machine: StateMachine<State>): void {
  const problems = problemsOf(machine);
  if (problems.length > 0) throw new Error(`the ${machine.name} lifecycle is wrong: ${problems.join('; ')}`);
}

function problemsOf(machine: StateMachine<string>): string[] {
  const { states, beginnings, finalStates, terminalStates = [], transitions } = machine;
  const first = Object.values(beginnings);
  const reached = reachableFrom(machine, first);
  const named = new Set([
    ...first,
    ...finalStates,
    ...terminalStates,
    ...transitions.flatMap(({ from, to }) => [from, to]),
  ]);
  return [
    ...[...named].filter((state) => !states.includes(state)).map((state) => `${state} is not a state`),
    ...states.filter((state) => !reached.has(state)).map((state) => `${state} cannot be reached`),
    ...states.filter((state) => isDeadEnd(machine, state)).map((state) => `${state} is a dead end`),
    ...terminalStates.filter((state) => canBeLeft(machine, state)).map((state) => `${state} can be left`),
  ];
}

/** The states themselves and all that can follow. */
function reachableFrom({ transitions }: StateMachine<string>, starts: readonly string[]): Set<string> {
  const reached = new Set(starts);
  // A set goes on to what is added to it on the way.
  for (const state of reached) {
    for (const { from, to } of transitions) if (from === state) reached.add(to);
  }
  return reached;
}

function isDeadEnd(machine: StateMachine<string>, state: string): boolean {
  const reached = reachableFrom(machine, [state]);
  return !machine.finalStates.some((final) => reached.has(final));
}

function canBeLeft({ transitions }: StateMachine<string>, state: string): boolean {
  return transitions.some(({ from, to }) => from === state && to !== state);
}
