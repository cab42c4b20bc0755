import type { CollectedSpan } from './trace-collector.ts';
import { flawsOf, pathToRoot } from './trace-tree.ts';

function span(spanId: string, parentSpanId?: string, name = spanId): CollectedSpan {
  const nothing = { attributes: {}, resource: {}, failed: false, links: [] };
  return {
    service: 'order-service',
    name,
    kind: 'internal',
    traceId: 't',
    spanId,
    parentSpanId,
    start: 0n,
    end: 0n,
    ...nothing,
  };
}

const root = span('a', undefined, 'POST /orders');

describe('the flaws of a trace', () => {
  it('are none when it is one tree', () => {
    const spans = [span('c', 'b'), root, span('b', 'a')];
    expect(flawsOf(spans)).toEqual([]);
    expect(pathToRoot(spans, spans[0])).toEqual(['c', 'b', 'POST /orders']);
  });

  it.each([
    ['a parent that is not there', [root, span('b', 'x')], ['order: b has a parent that is not there']],
    ['an id twice', [root, span('b', 'a'), span('b', 'a')], ['order: b has an id that comes twice']],
    ['two roots', [root, span('b')], ['the roots are order: POST /orders, order: b']],
    ['no root', [span('b', 'b')], ['the roots are ']],
  ])('are %s', (_, spans, expected) => {
    expect(flawsOf(spans)).toEqual(expected);
  });
});
