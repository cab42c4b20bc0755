import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** The root of the repository. */
export const repository = join(import.meta.dirname, '../../test', '..');

/** A link of a Markdown file. */
export interface Link {
  readonly text: string;
  readonly target: string;
}

const FOREIGN = ['**/node_modules', '**/dist', '**/.local', '**/.git', '**/coverage'];

/** Paths of all Markdown files of the repository, from its root. */
export function markdownFiles(): string[] {
  return globSync('**/*.md', { cwd: repository, exclude: FOREIGN }).toSorted();
}

/** Paths of all files that hold code, configuration or statements, from the root. */
export function sourceFiles(): string[] {
  const found = globSync('**/*.{ts,js,cjs,mjs,json,sh,sql,yml,yaml,patch}', { cwd: repository, exclude: FOREIGN });
  return [...found, 'Dockerfile', '.env.example', '.dependency-cruiser.cjs'].toSorted();
}

/** A file of the repository. @throws when it does not exist */
export function read(path: string): string {
  return readFileSync(join(repository, path), 'utf8');
}

/** A target written in the file `from`, as a path from the root and an anchor. */
export function resolveTarget(from: string, target: string): { readonly path: string; readonly anchor?: string } {
  const [file = '', anchor] = target.split('#');
  const path = file === '' ? from : relative(repository, join(repository, from, '..', decodeURIComponent(file)));
  return anchor === undefined ? { path } : { path, anchor };
}

/** All links, without those in code. */
export function linksOf(markdown: string): Link[] {
  const prose = withoutCode(markdown);
  return [...prose.matchAll(/\[((?:[^\][]|\[[^\]]*\])*)\]\(([^()\s]+)\)/g)].map(([, text = '', target = '']) => ({
    text,
    target,
  }));
}

/** What is quoted as code within the text, without the fenced blocks. */
export function codeSpansOf(markdown: string): string[] {
  return [...withoutBlocks(markdown).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
}

/** The anchors GitHub makes of the headings. */
export function anchorsOf(markdown: string): string[] {
  return [...withoutBlocks(markdown).matchAll(/^#{1,6} +(.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** What stands under a heading, up to the next one of its level or above. @throws when there is no such heading */
export function sectionOf(markdown: string, heading: string): string {
  const level = /^#+/.exec(heading)?.[0].length ?? 0;
  const lines = markdown.split('\n');
  const start = lines.indexOf(heading);
  if (start < 0) throw new Error(`there is no heading "${heading}"`);
  let inBlock = false;
  const end = lines.findIndex((line, index) => {
    if (line.startsWith('```')) inBlock = !inBlock;
    return index > start && !inBlock && new RegExp(`^#{1,${level}} `).test(line);
  });
  return lines.slice(start + 1, end < 0 ? undefined : end).join('\n');
}

/** What stands under each heading of a level, in the order of the page. */
export function sectionsOf(markdown: string, level: number): { readonly heading: string; readonly text: string }[] {
  const mark = '#'.repeat(level);
  return [...withoutBlocks(markdown).matchAll(new RegExp(`^${mark} +(.+)$`, 'gm'))].map(([line, heading = '']) => ({
    heading,
    text: sectionOf(markdown, line),
  }));
}

/** The fenced blocks of a language. */
export function codeBlocks(markdown: string, language: string): string[] {
  return [...markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)]
    .filter(([, found]) => found === language)
    .map(([, , code = '']) => code);
}

/** The cells of all tables, row by row, without their heads. */
export function tableRows(markdown: string): string[][] {
  return [...withoutBlocks(markdown).matchAll(/^\|[ :|-]+\|\n((?:\|.*\|(?:\n|$))+)/gm)].flatMap(([, rows = '']) =>
    rows
      .trimEnd()
      .split('\n')
      .map((row) =>
        row
          .slice(1, -1)
          .split('|')
          .map((cell) => cell.trim()),
      ),
  );
}

function withoutBlocks(markdown: string): string {
  return markdown.replace(/^```[\s\S]*?^```$/gm, '');
}

function withoutCode(markdown: string): string {
  return withoutBlocks(markdown).replace(/`[^`\n]*`/g, (code) => code.replace(/[[\]()]/g, '_'));
}
