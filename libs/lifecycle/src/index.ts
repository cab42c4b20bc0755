export { checkStateMachine } from './check-state-machine';
export { stateDiagram } from './state-diagram';
export type { StateMachine, Transition } from './state-machine';
