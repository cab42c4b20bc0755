export type { DeskDryRunResponse, DeskJobResponse } from './desk-job.response';
export { DESK_PROBLEMS } from './desk-problems';
export { DeskModule } from './desk.module';
export type { FailedMessageGroupResponse, FailedMessageResponse } from './failed-message.response';
export type { FullFailedMessageResponse } from './full-failed-message.response';
