import ts from 'typescript';

/**
 * The full titles of the tests in a file, `describe › it`, as they are written: `%s` and `$name` of an `each` stay. Tests
 * that are skipped or only announced are none.
 */
export function testTitles(source: string): string[] {
  const titles: string[] = [];
  const visit = (node: ts.Node, path: readonly string[]): void => {
    const call = ts.isCallExpression(node) ? titledCall(node) : undefined;
    if (call === undefined) {
      ts.forEachChild(node, (child) => visit(child, path));
      return;
    }
    if (call.kind === 'it') titles.push([...path, call.title].join(' › '));
    else ts.forEachChild(node, (child) => visit(child, [...path, call.title]));
  };
  visit(parse(source), []);
  return titles;
}

/** The parts of a Markdown section that begin with a bold label and its full stop, `**Tests.**`, by their label. */
export function labelledParts(section: string): Map<string, string> {
  const [, ...pieces] = section.split(/^\*\*([^*\n]+)\.\*\*/m);
  const parts = new Map<string, string>();
  for (let at = 0; at < pieces.length; at += 2) parts.set(pieces[at] ?? '', (pieces[at + 1] ?? '').trim());
  return parts;
}

/** Whether a file declares `name`, or the member `name` of a class: `PlaceOrder.execute`. */
export function declares(source: string, name: string): boolean {
  const [outer = '', member] = name.split('.');
  const found = parse(source).statements.flatMap((statement): readonly ts.Node[] => {
    if (ts.isVariableStatement(statement)) return statement.declarationList.declarations;
    return [statement];
  });
  const declaration = found.find((node) => nameOf(node) === outer);
  if (declaration === undefined || member === undefined) return declaration !== undefined;
  return ts.isClassDeclaration(declaration) && declaration.members.some((one) => nameOf(one) === member);
}

/**
 * The names in a piece of code that cannot be plain words: `camelCase`, `PascalCase`, `snake_case`, `called()`, and
 * `object.member`, unless it is a file.
 */
export function namesIn(code: string): string[] {
  if (/[/]|\.(?:[cm]?[jt]s|json|md|sh|sql|ya?ml)$/.test(code)) return [];
  return [...code.matchAll(/(?<![\w.-])([A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*)(\(?)(?![\w-])/g)].flatMap(
    ([, name = '', call]) => (/[a-z][A-Z]|_|\./.test(name) || call === '(' ? [name] : []),
  );
}

/** TypeScript or JavaScript without comments; good enough to look for names in it. */
export function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

function parse(source: string): ts.SourceFile {
  return ts.createSourceFile('file.ts', source, ts.ScriptTarget.Latest);
}

function nameOf(node: ts.Node): string | undefined {
  const { name } = node as { name?: ts.Node };
  return name !== undefined && (ts.isIdentifier(name) || ts.isStringLiteral(name)) ? name.text : undefined;
}

/** `it('title', …)` or `it.each(…)('title', …)`, and the same of `describe`. */
function titledCall({
  expression,
  arguments: [title],
}: ts.CallExpression): { kind: string; title: string } | undefined {
  if (title === undefined || !ts.isStringLiteralLike(title)) return undefined;
  const callee = ts.isCallExpression(expression) ? expression.expression : expression;
  const isEach = ts.isPropertyAccessExpression(callee) && callee.name.text === 'each';
  const word = isEach ? callee.expression : callee;
  if (!ts.isIdentifier(word) || !['describe', 'it', 'test'].includes(word.text)) return undefined;
  return { kind: word.text === 'describe' ? 'describe' : 'it', title: title.text };
}
