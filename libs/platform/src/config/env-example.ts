import { environmentName, type ConfigSpec } from './define-config';

/** One variable as documentation shows it. */
export interface ConfigRow {
  /** Name in the environment. */
  readonly name: string;
  readonly description: string;
  /** As it would be written in the environment; `undefined` when there is none. Defaults are never secret. */
  readonly default: string | undefined;
  readonly example: string | undefined;
  readonly expected: string;
  readonly secret: boolean;
  /** The service does not start without it. */
  readonly required: boolean;
}

/** The rows of a spec, in its order. Reads no environment. */
export function describeConfig(spec: ConfigSpec): ConfigRow[] {
  return Object.entries(spec).map(([key, variable]) => ({
    name: environmentName(key),
    description: variable.description,
    default: variable.default === undefined ? undefined : variable.format(variable.default),
    example: variable.example,
    expected: variable.expected,
    secret: variable.secret,
    required: variable.required,
  }));
}

/**
 * The text of `.env.example`: first what all services share, then what is particular to each. A variable with
 * a default is commented out, so that the untouched file changes nothing. Deterministic; ends in a newline.
 */
export function renderEnvExample(services: readonly { readonly name: string; readonly spec: ConfigSpec }[]): string {
  const described = services.map(({ name, spec }) => ({ name, blocks: describeConfig(spec).map(block) }));
  const [first, ...others] = described;
  const shared = (first?.blocks ?? []).filter((text) => others.every(({ blocks }) => blocks.includes(text)));
  const sections = described.map(({ name, blocks }) =>
    section(
      name,
      blocks.filter((text) => !shared.includes(text)),
    ),
  );
  return [section('every service', shared), ...sections].filter((text) => text !== '').join('\n');
}

function section(title: string, blocks: readonly string[]): string {
  return blocks.length === 0 ? '' : `# ==== ${title} ====\n\n${blocks.join('\n')}`;
}

function block(row: ConfigRow): string {
  const kind = `${row.expected}${row.required ? '; required' : ''}${row.secret ? '; secret' : ''}`;
  const value = row.required ? (row.example ?? '') : (row.default ?? row.example ?? '');
  return `# ${row.description}\n# (${kind})\n${row.required ? '' : '#'}${row.name}=${value}\n`;
}
