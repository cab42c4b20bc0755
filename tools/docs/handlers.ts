import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** A method of a consumer, and the use case that it calls. Paths are from the root of the repository. */
export interface EventHandler {
  readonly service: string;
  /** Name of the contract, such as `OrderCreated`. */
  readonly contract: string;
  readonly consumer: { readonly name: string; readonly path: string };
  readonly useCase: { readonly name: string; readonly path: string };
}

const HANDLER = /@EventPattern\((\w+)\)\s+async \w+\([^{]*?\): Promise<void> \{([\s\S]*?)\n {2}\}/g;

/**
 * Who handles what, read from the text of the consumers, sorted by file. `root` is the root of the repository.
 * @throws Error for a handler that calls no use case of its constructor
 */
export function handlersIn(root: string): EventHandler[] {
  return globSync('apps/*/src/messaging/*.consumer.ts', { cwd: root })
    .toSorted()
    .flatMap((path) => handlersOf(path, readFileSync(join(root, path), 'utf8')));
}

function handlersOf(path: string, text: string): EventHandler[] {
  const [, consumer = ''] = /export class (\w+)/.exec(text) ?? [];
  return [...text.matchAll(HANDLER)].map(([, contract = '', body = '']) => {
    const [, field = ''] = /this\.(\w+)\.\w+\(/.exec(body) ?? [];
    const [, useCase] = new RegExp(`private readonly ${field}: (\\w+)`).exec(text) ?? [];
    const [, file] = new RegExp(`\\b${useCase}\\b[^;]* from '([^']+)'`).exec(text) ?? [];
    if (useCase === undefined || file === undefined)
      throw new Error(`${path}: the handler of ${contract} calls no use case`);
    return {
      service: path.split('/')[1] ?? '',
      contract,
      consumer: { name: consumer, path },
      useCase: { name: useCase, path: `${normalize(join(dirname(path), file))}.ts` },
    };
  });
}
