/** The embedded stack, for the start script and for tests: start here. */
export { startStack, type RunningStack, type StartStackOptions } from './start-stack.ts';
export {
  infrastructure,
  Stack,
  type InfrastructureName,
  type ServiceRequest,
  type StackDirectories,
  type StackPlan,
  type StackPorts,
} from './stack.ts';
export { nodeFlagsOf, roleOf, serviceNames, servicePorts, type ServiceName } from './service-names.ts';
export { memoryEnv } from './services.ts';
export { Supervisor } from './supervisor.ts';
export {
  ComponentFailed,
  type Component,
  type ComponentExit,
  type ComponentState,
  type ComponentStatus,
} from './component.ts';
export type { Probe } from './probes.ts';
export { describeExit } from './managed-process.ts';
export { logTail } from './log-file.ts';
export { freePorts } from './ports.ts';
