import { DOCUMENTED_REQUEST, RunningOrderService } from '../../test/running-order-service';

interface Schema {
  readonly $ref?: string;
  readonly example?: unknown;
  readonly properties?: Record<string, Schema>;
  readonly items?: Schema;
  /** How a reference that may be null is written. */
  readonly anyOf?: Schema[];
  readonly required?: string[];
}
interface Content {
  readonly content?: Record<string, { schema: Schema; examples?: Record<string, { value: unknown }> }>;
}
interface Operation {
  readonly summary?: string;
  readonly parameters?: { name: string; schema?: Schema; example?: unknown; description?: string }[];
  readonly requestBody?: Content;
  readonly responses: Record<string, Content & { description?: string; headers?: Record<string, unknown> }>;
}
interface OpenApi {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { schemas: Record<string, Schema> };
}

let service: RunningOrderService;
let document: OpenApi;
beforeAll(async () => {
  service = await RunningOrderService.start();
  document = (await service.get<OpenApi>('/docs-json')).body;
});
afterAll(() => service.stop());

const operation = (method: string, path: string): Operation => document.paths[path]?.[method] as Operation;

function resolve(schema: Schema): Schema {
  const name = (schema.$ref ?? schema.anyOf?.[0]?.$ref)?.split('/').at(-1);
  return name === undefined ? schema : (document.components.schemas[name] ?? {});
}

/** Properties, however deep, that show no example. */
function withoutExample(schema: Schema, path: string): string[] {
  const { properties, items, example } = resolve(schema);
  if (properties !== undefined) {
    return Object.entries(properties).flatMap(([name, inner]) => withoutExample(inner, `${path}.${name}`));
  }
  if (items !== undefined && example === undefined) return withoutExample(items, `${path}[]`);
  return example === undefined ? [path] : [];
}

describe('the document of the API', () => {
  const ENDPOINTS = [
    ['post', '/orders', 201, ['400', '401', '403', '409', '413', '415', '422', '503', '500']],
    ['get', '/orders', 200, ['400', '401', '403', '503', '500']],
    ['get', '/orders/{order_id}', 200, ['400', '401', '403', '404', '503', '500']],
    ['post', '/orders/{order_id}/cancel', 200, ['400', '401', '403', '404', '413', '415', '503', '500']],
    ['get', '/orders/{order_id}/events', 200, ['400', '401', '403', '404', '503', '500']],
  ] as const;

  it('knows every endpoint and none besides', () => {
    const orders = Object.entries(document.paths).filter(([path]) => path.startsWith('/orders'));
    const known = orders.flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`));
    expect(known.toSorted()).toEqual(ENDPOINTS.map(([method, path]) => `${method} ${path}`).toSorted());
  });

  it.each(ENDPOINTS)('tells of %s %s what it answers, with examples', (method, path, status, problems) => {
    const { summary, responses } = operation(method, path);
    expect(summary).toMatch(/\.$/);
    expect(Object.keys(responses).toSorted()).toEqual([String(status), ...problems].toSorted());
    const schema = responses[status]?.content?.['application/json']?.schema ?? {};
    expect(schema.$ref).toBeDefined();
    expect(withoutExample(schema, schema.$ref ?? '')).toEqual([]);
    for (const problem of problems) {
      expect(Object.keys(responses[problem]?.content ?? {})).toEqual(['application/problem+json']);
      expect(responses[problem]?.description).toBeTruthy();
    }
  });

  it.each(ENDPOINTS)('explains the parameters of %s %s', (method, path) => {
    const unexplained = (operation(method, path).parameters ?? []).filter(
      ({ schema, example, description }) => !description && example === undefined && !isExplicit(schema),
    );
    expect(unexplained).toEqual([]);
  });

  it('shows the documented call as the example of a request, and it works', async () => {
    const body = operation('post', '/orders').requestBody?.content?.['application/json'];
    const example = body?.examples?.['documented']?.value;
    expect(example).toEqual(DOCUMENTED_REQUEST);
    expect((await service.post('/orders', example)).status).toBe(201);
    expect(withoutExample(body?.schema ?? {}, 'request')).toEqual([]);
  });

  it('shows orders as they are', async () => {
    const order = await service.place();
    expect(Object.keys(order).toSorted()).toEqual(document.components.schemas['OrderResponse']?.required?.toSorted());
  });
});

/** A closed set of values or bounds say as much as an example. */
function isExplicit(schema: Schema | undefined): boolean {
  return schema !== undefined && ['example', 'enum', 'default'].some((key) => key in schema);
}
