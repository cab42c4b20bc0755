import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const LIBS = globSync('libs/*/src/index.ts', { cwd: root }).map((path) => path.split('/')[1] ?? '');
const SOURCES = globSync('{apps,bench,libs,test,tools}/**/*.ts', { cwd: root, exclude: ['**/fixtures/**'] });

/** The names between braces, of `import { a, type B as C } from …` the original ones. */
function namesIn(list: string): string[] {
  const names = list.split(',').map((name) => name.trim().replace(/^type /, ''));
  return names.map((name) => name.split(' as ')[0] ?? '').filter((name) => name !== '');
}

function exportsOf(lib: string): string[] {
  const index = readFileSync(join(root, 'libs', lib, 'src/index.ts'), 'utf8');
  return [...index.matchAll(/^export (?:type )?\{([^}]*)\} from/gm)].flatMap(([, list = '']) => namesIn(list));
}

function importedFrom(lib: string): Set<string> {
  const imports = new RegExp(`^(?:import|export) (?:type )?\\{([^}]*)\\} from '@app/${lib}'`, 'gm');
  const texts = SOURCES.map((path) => readFileSync(join(root, path), 'utf8'));
  return new Set(texts.flatMap((text) => [...text.matchAll(imports)].flatMap(([, list = '']) => namesIn(list))));
}

describe.each(LIBS)('the index of libs/%s', (lib) => {
  it('lists every name, so that whoever adds one thinks about it', () => {
    const index = readFileSync(join(root, 'libs', lib, 'src/index.ts'), 'utf8');
    expect(index).not.toMatch(/export \*/);
    expect(exportsOf(lib).length).toBeGreaterThan(0);
  });

  it('exports nothing that nobody uses', () => {
    const used = importedFrom(lib);
    expect(exportsOf(lib).filter((name) => !used.has(name))).toEqual([]);
  });
});
