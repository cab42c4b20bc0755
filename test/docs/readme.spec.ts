import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  anchorsOf,
  linksOf,
  markdownFiles,
  read,
  repository,
  resolveTarget,
  sectionOf,
} from '../../tools/docs/read-markdown';
import { declares } from './source';

const README = read('README.md');

/** An item of "Follow one order": a link to a file, and the symbol in it. */
const STEP = /^\d+\. .*\[[^\]]*`([\w.]+)`[^\]]*\]\(([^()\s]+)\)/;

describe('the README', () => {
  // 200 lines of text, and 40 for the diagrams, which are drawn and not read.
  it('can be read in one sitting', () => {
    expect(README.trimEnd().split('\n').length).toBeLessThanOrEqual(240);
  });

  it('leads through one order by at most ten steps, each to a symbol that is there', () => {
    const items = sectionOf(README, '## Follow one order')
      .split('\n')
      .filter((line) => /^\d+\. /.test(line));
    const steps = items.map((line) => STEP.exec(line)?.slice(1) ?? [line, 'no symbol']);
    expect(steps.length).toBeGreaterThan(5);
    expect(steps.length).toBeLessThanOrEqual(10);
    const missing = steps.filter(
      ([symbol = '', file = '']) => !existsSync(join(repository, file)) || !declares(read(file), symbol),
    );
    expect(missing).toEqual([]);
  });
});

describe('the Markdown files', () => {
  it.each(markdownFiles())('of which %s is one, link to what exists', (file) => {
    const broken = linksOf(read(file)).filter(({ target }) => !/^[a-z]+:/.test(target) && !exists(file, target));
    expect(broken).toEqual([]);
  });
});

function exists(from: string, target: string): boolean {
  const { path, anchor } = resolveTarget(from, target);
  if (!existsSync(join(repository, path))) return false;
  return anchor === undefined || !path.endsWith('.md') || anchorsOf(read(path)).includes(anchor);
}

const SCRIPTS = (JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts;

describe('the scripts the Markdown files tell to run', () => {
  const told = new Set(
    markdownFiles().flatMap((file) => [...read(file).matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name)),
  );

  it.each([...told])('exist, and so do the files they name: %s', (name) => {
    const script = SCRIPTS[name] ?? 'test/no-such-script.ts';
    const files = script.match(/\b(?:bench|test|tools)\/[\w/.-]+\.ts\b/g) ?? [];
    expect(files.filter((file) => !existsSync(join(repository, file)))).toEqual([]);
  });
});
