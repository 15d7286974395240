import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SETTINGS } from '../../src/common/config/settings';

const ROOT = join(__dirname, '..', '..');

/** A page of the documentation, by its path in the project. */
export class Page {
  readonly text: string;

  constructor(private readonly path: string) {
    this.text = readFileSync(join(ROOT, path), 'utf8');
  }

  /** The code blocks of a language, in their order. */
  blocks(language: string): string[] {
    return [...this.text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map(
      ([, text = '']) => text,
    );
  }

  /** Settings, scripts and files that it names, and that are not there. */
  unknownNames(): string[] {
    const variables = Object.values(SETTINGS).map(({ variable }) => variable);
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
    const named = (pattern: RegExp) => [...this.text.matchAll(pattern)].map(([, name = '']) => name);
    return [
      ...named(/\b(DAKKIO_[A-Z_]+)\b/g).filter((name) => !variables.includes(name)),
      ...named(/npm run (?:--silent )?([\w:-]+)/g).filter((name) => !(name in scripts)),
      ...named(/\]\((?!http)([^)#]+)\)/g).filter((path) => !existsSync(join(ROOT, dirname(this.path), path))),
    ];
  }
}
