/** What the payloads use of JSON Schema. */
interface JsonSchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
}

/** One field of a payload; `items[].price` lies in the objects of a list. */
export interface PayloadField {
  readonly path: string;
  readonly type: string;
  readonly required: boolean;
}

/** The fields of a payload, each followed by those inside it. */
export function payloadFields(schema: JsonSchema, parent = ''): PayloadField[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = `${parent}${name}`;
    const required = schema.required?.includes(name) ?? false;
    return [{ path, type: typeOf(field), required }, ...payloadFields(field.items ?? {}, `${path}[].`)];
  });
}

function typeOf(schema: JsonSchema): string {
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(' or ');
  switch (schema.type) {
    case 'string':
      return stringType(schema);
    case 'array':
      return `list${range(schema.minItems, schema.maxItems, ' entries')}`;
    case 'integer':
      return `whole number${range(schema.minimum, schema.maximum)}`;
    case 'number':
      return `number${range(schema.minimum, schema.maximum)}, two decimals at most`;
    default:
      throw new TypeError(`the documentation does not know the type ${schema.type ?? 'of a field without one'}`);
  }
}

function stringType({ pattern, format, minLength, maxLength }: JsonSchema): string {
  if (pattern !== undefined) return `text, \`${pattern}\``;
  return format === undefined ? `text${range(minLength, maxLength, ' characters')}` : `text, ${format}`;
}

function range(from: number | undefined, to: number | undefined, unit = ''): string {
  if (from === undefined && to === undefined) return '';
  if (to === undefined) return `, at least ${grouped(from)}${unit}`;
  return from === undefined ? `, at most ${grouped(to)}${unit}` : `, ${grouped(from)} to ${grouped(to)}${unit}`;
}

function grouped(value: number | undefined): string {
  return (value ?? 0).toLocaleString('en-US');
}
