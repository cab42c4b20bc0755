export type { Answers, OrderRecord } from './answers';
export { fetchAnswers } from './fetch-answers';
export { mermaidOf } from './mermaid';
export { shortageText } from './step-text';
export { type Timeline, timelineOf } from './timeline';
