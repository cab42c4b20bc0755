export type { Answers, OrderRecord } from './answers';
export { fetchAnswers } from './fetch-answers';
export { mermaidOf } from './mermaid';
export { shortageText, stepOf } from './step-of';
export { type Timeline, timelineOf } from './timeline';
