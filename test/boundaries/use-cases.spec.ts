import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const root = join(import.meta.dirname, '..', '..');
/** A use case begins with one of these, and with nothing else. */
const ENTRIES = ['execute', 'enqueue'];
/** What calls the methods of a class that implements it is not the door of its service. */
const WORKERS = ['DueWork', 'SharedWork'];

interface Method {
  readonly name: string;
  readonly parameters: readonly string[];
}

interface UseCase {
  readonly name: string;
  readonly path: string;
  readonly methods: readonly Method[];
  readonly isWorker: boolean;
}

/** The injectable classes of a file, with their public methods; Nest's own hooks do not count. */
function useCasesIn(path: string): UseCase[] {
  const file = ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.Latest, true);
  return file.statements.filter(ts.isClassDeclaration).flatMap((declaration) => {
    const decorators = (ts.getDecorators(declaration) ?? []).map((decorator) => decorator.getText());
    if (!decorators.includes('@Injectable()')) return [];
    const bases = (declaration.heritageClauses ?? []).flatMap(({ types }) =>
      types.map(({ expression }) => expression.getText()),
    );
    const methods = declaration.members.filter(ts.isMethodDeclaration).filter((method) => isPublic(method));
    return [
      {
        name: declaration.name?.text ?? '',
        path,
        isWorker: bases.some((base) => WORKERS.includes(base)),
        methods: methods.map((method) => ({
          name: method.name.getText(),
          parameters: method.parameters.map(({ name }) => name.getText()),
        })),
      },
    ];
  });
}

function isPublic(method: ts.MethodDeclaration): boolean {
  const isPrivate = method.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword) ?? false;
  return !isPrivate && !/^on(?:Module|Application)/.test(method.name.getText());
}

const USE_CASES = globSync('apps/*/src/use-cases/*.ts', { cwd: root, exclude: (path) => path.endsWith('spec.ts') })
  .toSorted()
  .flatMap(useCasesIn);

it('there are use cases in all four services', () => {
  expect(new Set(USE_CASES.map(({ path }) => path.split('/')[1])).size).toBe(4);
});

describe.each(USE_CASES.map((useCase) => [useCase.name, useCase] as const))('%s', (_name, useCase) => {
  it('is entered by execute, or by enqueue when it does its work later, or is a worker', () => {
    if (useCase.isWorker) return;
    expect(useCase.methods.map(({ name }) => name)).toEqual([expect.stringMatching(`^(?:${ENTRIES.join('|')})$`)]);
  });

  it('takes the unit of work first', () => {
    const misplaced = useCase.methods.filter(({ parameters }) => parameters.indexOf('unitOfWork') > 0);
    expect(misplaced).toEqual([]);
  });
});
