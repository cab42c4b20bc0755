import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { breakingChanges, type OpenApi } from './breaking-changes';

const file = join(import.meta.dirname, '../../openapi/order-service.json');
const published = JSON.parse(readFileSync(file, 'utf8')) as OpenApi;

type Change = (document: unknown) => void;

function changed(change: Change): string[] {
  const copy = structuredClone(published);
  change(copy);
  return breakingChanges(published, copy);
}

/** Where a dotted path leads; in a list of parameters by name. It has to be there. */
function at(tree: unknown, path: string): object {
  let place: unknown = tree;
  for (const step of path.split('.')) {
    place = Array.isArray(place)
      ? (place as { name: string }[]).find(({ name }) => name === step)
      : (place as Record<string, unknown> | undefined)?.[step];
  }
  if (typeof place !== 'object' || place === null) throw new Error(`nothing is at ${path}`);
  return place;
}

const set =
  (path: string, values: object): Change =>
  (tree) =>
    Object.assign(at(tree, path), values);
const push =
  (path: string, value: unknown): Change =>
  (tree) =>
    (at(tree, path) as unknown[]).push(value);
const remove =
  (path: string): Change =>
  (tree) => {
    const cut = path.lastIndexOf('.');
    const [parent, name] = [at(tree, path.slice(0, cut)), path.slice(cut + 1)];
    expect(Object.keys(parent)).toContain(name);
    Reflect.deleteProperty(parent, name);
  };
/** Takes something out of a list: a value, or what has this name. */
const take =
  (path: string, value: string): Change =>
  (tree) => {
    const list = at(tree, path) as unknown[];
    const index = list.findIndex((each) => each === value || (each as { name?: string }).name === value);
    expect(list.splice(index, 1)).toHaveLength(1);
  };
const all =
  (...changes: Change[]): Change =>
  (tree) =>
    changes.forEach((change) => change(tree));

const LIST = 'paths./orders.get.parameters';
const PLACE = 'paths./orders.post';
const BODY = 'components.schemas.PlaceOrderDto';
const ITEM = 'components.schemas.OrderItemDto.properties';
const ORDER = 'components.schemas.OrderResponse';
const HEADERS = 'components.schemas.FullFailedMessageResponse.properties.headers.additionalProperties';

describe('a change of an OpenAPI document that breaks clients', () => {
  it.each<[string, RegExp, Change]>([
    ['a path is removed', /^GET .*\/events is gone$/, remove('paths./orders/{order_id}/events')],
    ['an operation is removed', /^POST \/orders is gone$/, remove(PLACE)],
    ['an operation is renamed', /placeOrder is called order now/, set(PLACE, { operationId: 'order' })],
    ['a parameter is removed', /parameter query status is gone/, take(LIST, 'status')],
    ['a parameter becomes required', /query status is required now/, set(`${LIST}.status`, { required: true })],
    ['a required one is added', /header X is required/, push(LIST, { name: 'X', in: 'header', required: true })],
    ['a parameter has a lower maximum', /limit: maximum is 50 now/, set(`${LIST}.limit.schema`, { maximum: 50 })],
    ['a field of a request becomes required', /body\.currency is required now/, push(`${BODY}.required`, 'currency')],
    [
      'a new field of a request is required',
      /body\.coupon is required now/,
      all(set(`${BODY}.properties`, { coupon: { type: 'string' } }), push(`${BODY}.required`, 'coupon')),
    ],
    ['a field of a request is removed', /body\.payment_method is gone/, remove(`${BODY}.properties.payment_method`)],
    [
      'a field within has another type',
      /items\[\]\.price: type number is no/,
      set(`${ITEM}.price`, { type: 'string' }),
    ],
    ['a number has to be whole', /items\[\]\.price: type number is no/, set(`${ITEM}.price`, { type: 'integer' })],
    ['a value of a request is removed', /value "BRL" is no longer/, take(`${BODY}.properties.currency.enum`, 'BRL')],
    [
      'a set of values is closed',
      /payment_method: only \["x"\]/,
      set(`${BODY}.properties.payment_method`, { enum: ['x'] }),
    ],
    [
      'a text has to look otherwise',
      /user_id: pattern is "\^a" now/,
      set(`${BODY}.properties.user_id`, { pattern: '^a' }),
    ],
    [
      'a body is required',
      /a body is required now/,
      set('paths./orders/{order_id}/cancel.post', { requestBody: { required: true } }),
    ],
    ['a body is no longer read', /the body is no longer read/, remove(`${PLACE}.requestBody`)],
    ['an answer is removed', /status 201 is gone/, remove(`${PLACE}.responses.201`)],
    [
      'an answer has another media type',
      /201: application\/json is gone/,
      set(`${PLACE}.responses.201`, { content: {} }),
    ],
    ['a header is removed', /201 has no header Location/, remove(`${PLACE}.responses.201.headers.Location`)],
    [
      'a field of an answer is removed',
      /200\.orders\[\]\.order_number is gone/,
      remove(`${ORDER}.properties.order_number`),
    ],
    ['a field may be absent', /200\.order_number may be absent now/, take(`${ORDER}.required`, 'order_number')],
    [
      'a field may be null',
      /user_id: type null is new/,
      set(`${ORDER}.properties.user_id`, { type: ['string', 'null'] }),
    ],
    ['a field has any type', /200\.user_id: type anything is new/, remove(`${ORDER}.properties.user_id.type`)],
    ['a closed set of an answer is opened', /200\.status: any value is new/, remove(`${ORDER}.properties.status.enum`)],
    [
      'the values of a map change',
      /200\.dependencies\.\*\.latency_ms is gone/,
      remove('components.schemas.CheckResponse.properties.latency_ms'),
    ],
    ['an answer has one more form', /headers\.\*: anyOf has other/, push(`${HEADERS}.anyOf`, { type: 'integer' })],
  ])('is found when %s', (_what, expected, change) => {
    expect(changed(change).join('\n')).toMatch(new RegExp(expected, 'm'));
  });
});

describe('a change of an OpenAPI document that breaks nobody', () => {
  it.each<[string, Change]>([
    ['nothing changes', () => undefined],
    ['texts change', set(PLACE, { summary: 'Order.', description: 'Anything.' })],
    ['a path is added', set('paths', { '/returns': { get: { operationId: 'listReturns' } } })],
    [
      'a path parameter is called otherwise',
      all(
        (tree) => set('paths', { '/orders/{id}': at(tree, 'paths./orders/{order_id}') })(tree),
        remove('paths./orders/{order_id}'),
        set('paths./orders/{id}.get.parameters.order_id', { name: 'id' }),
      ),
    ],
    ['an optional parameter is added', push(LIST, { name: 'since', in: 'query', required: false })],
    ['a request may have one more value', push(`${BODY}.properties.currency.enum`, 'NZD')],
    ['a request may leave out a field', take(`${BODY}.required`, 'user_id')],
    ['a bound of a request is wider', set(`${ITEM}.price`, { maximum: 2_000_000 })],
    ['an answer has one more field', set(`${ORDER}.properties`, { weight: { type: 'number' } })],
    ['an answer has one more value', push(`${ORDER}.properties.status.enum`, 'returned')],
    [
      'a field of an answer is never null',
      set('components.schemas.OrderListResponse.properties.next_cursor', { type: 'string' }),
    ],
    ['an error does not happen any more', remove(`${PLACE}.responses.422`)],
  ])('is let through when %s', (_what, change) => {
    expect(changed(change)).toEqual([]);
  });

  it('may be one of schemas that contain themselves', () => {
    const tree = { type: 'object', properties: { inner: { $ref: '#/components/schemas/Tree' } } };
    const content = { 'application/json': { schema: { $ref: '#/components/schemas/Tree' } } };
    const document: OpenApi = {
      paths: { '/tree': { get: { responses: { 200: { content } } } } },
      components: { schemas: { Tree: tree } },
    };
    expect(breakingChanges(document, structuredClone(document))).toEqual([]);
  });
});
