export { checkStateMachine } from './check-state-machine';
export { type DiagramStep, START, stateDiagram, stepsOf } from './state-diagram';
export type { StateMachine, Transition } from './state-machine';
