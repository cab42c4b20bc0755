import type { RawAnswer } from './raw-http.ts';

/** What would tell a stranger how we are built: stacks, SQL, tables, files, classes, addresses. */
const INTERNALS =
  /\n\s+at |node_modules|\.[jt]s:\d+|\b(?:SELECT|INSERT INTO|UPDATE \w+ SET|DELETE FROM) |relation "|violates \w+|duplicate key|QueryFailed|invalid input syntax|(?:Type|Range|Syntax|Reference|Database|Internal\w*)Error\b|FST_|kafkajs|typeorm|ECONN|\/(?:home|root|tmp|work|usr|app|var)\/|:5432|:9092/i;

/** What is wrong with an answer, whatever the request was. */
export function objectionsTo(answer: RawAnswer, head = false): string[] {
  const { status, headers, body } = answer;
  const objections: string[] = [];
  if (!Number.isInteger(status) || status < 200 || status > 599) return [`status ${status}`];
  if (status >= 500 && !(status === 503 && headers.has('retry-after'))) objections.push(`status ${status}`);
  if (status >= 400 && !head) objections.push(...objectionsToProblem(answer));
  if (status >= 400 && INTERNALS.test(body)) objections.push('internals in the answer');
  return objections;
}

function objectionsToProblem({ status, headers, body }: RawAnswer): string[] {
  if (!(headers.get('content-type') ?? '').startsWith('application/problem+json')) {
    return [`${headers.get('content-type') ?? 'no content type'} instead of problem+json`];
  }
  let problem: Record<string, unknown>;
  try {
    problem = JSON.parse(body) as Record<string, unknown>;
  } catch {
    return ['problem details that are no JSON'];
  }
  const texts = ['type', 'title', 'detail', 'instance', 'code', 'correlation_id'].filter(
    (field) => typeof problem[field] !== 'string' || problem[field] === '',
  );
  const objections = texts.map((field) => `problem details without ${field}`);
  if (problem.status !== status) objections.push('problem details with another status than the answer');
  if (!/^[A-Z][A-Z_]*(?:\.[A-Z][A-Z_]*)?$/.test(String(problem.code))) objections.push('a code that is not stable');
  if (status === 500 || problem.code === 'INTERNAL') objections.push('a fault of ours');
  return objections;
}
