import { readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { Inject, Injectable, Logger, Optional } from '@nestjs/common';
import { CONFIG, type Config } from '../common/config/config';
import { etagOf, type KeptBytes } from '../common/http/kept-bytes';
import { BUNDLE_FOLDER, ROOT } from '../common/installation';

const FOLDER = join(BUNDLE_FOLDER ?? join(ROOT, 'dist'), 'console');

const MANIFEST = 'manifest.json';

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
};

/** The encodings of compressed files, by the end of their names. */
const ENCODINGS = { br: 'br', gz: 'gzip' } as const;
type Variant = keyof typeof ENCODINGS;

/** One build of the console, as `scripts/build/console.mjs` writes it. */
interface Build {
  readonly builtAt: number;
  readonly page: KeptBytes;
  /** The files that have a hash in their names, and which compressed variants of each there are. */
  readonly files: Readonly<Record<string, Partial<Record<Variant, number>>>>;
}

export interface ConsoleFile extends KeptBytes {
  readonly encoding?: string;
}

/**
 * The files of the console in `dist/console/`. Each is read at its first request and kept. A console that is built again is served from
 * the next page on.
 */
@Injectable()
export class ConsoleFiles {
  private readonly logger = new Logger('Console');
  private readonly kept = new Map<string, ConsoleFile>();
  private build: Build | undefined;
  private isMissing = false;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'console'>,
    @Optional() private readonly folder: string = FOLDER,
  ) {}

  /** The page itself, or undefined where the console is off or could not be built. */
  async page(): Promise<KeptBytes | undefined> {
    return (await this.currentBuild())?.page;
  }

  /** A file of the present build, in the smallest encoding that the client accepts. */
  async find(name: string, acceptEncoding = ''): Promise<ConsoleFile | undefined> {
    const build = await this.currentBuild();
    const variants = build && Object.hasOwn(build.files, name) ? build.files[name] : undefined;
    if (!variants) return undefined;
    const accepted = acceptedEncodings(acceptEncoding);
    const variant = (Object.keys(ENCODINGS) as Variant[]).find(
      (one) => variants[one] !== undefined && accepted.has(ENCODINGS[one]),
    );
    const path = variant ? `${name}.${variant}` : name;
    const file = this.kept.get(path) ?? (await this.read(name, variant));
    this.kept.set(path, file);
    return file;
  }

  private async currentBuild(): Promise<Build | undefined> {
    if (!this.config.console) return undefined;
    try {
      const { mtimeMs } = await stat(join(this.folder, MANIFEST));
      if (this.build?.builtAt !== mtimeMs) {
        this.build = await this.readBuild(mtimeMs);
        this.kept.clear();
      }
      this.isMissing = false;
    } catch (cause) {
      this.build = undefined;
      this.noteMissing(cause);
    }
    return this.build;
  }

  private async readBuild(builtAt: number): Promise<Build> {
    const { files } = JSON.parse(await readFile(join(this.folder, MANIFEST), 'utf8')) as Pick<Build, 'files'>;
    const bytes = await readFile(join(this.folder, 'index.html'));
    return { builtAt, files, page: { bytes, type: 'text/html; charset=utf-8', etag: etagOf(bytes) } };
  }

  private async read(name: string, variant: Variant | undefined): Promise<ConsoleFile> {
    const path = variant ? `${name}.${variant}` : name;
    const bytes = await readFile(join(this.folder, path));
    const type = TYPES[extname(name)] ?? 'application/octet-stream';
    // The name has the hash of the contents.
    return { bytes, type, etag: `"${path}"`, ...(variant && { encoding: ENCODINGS[variant] }) };
  }

  /** Once, until the console is there again. */
  private noteMissing(cause: unknown): void {
    if (this.isMissing) return;
    this.isMissing = true;
    const { code = String(cause) } = cause as NodeJS.ErrnoException;
    this.logger.warn(
      `The console cannot be read from ${this.folder} (${code}): / shows links instead. Run: npm run build`,
    );
  }
}

/** The encodings that an `Accept-Encoding` header names and does not refuse with `q=0`. */
function acceptedEncodings(header: string): Set<string> {
  const entries = header.split(',').map((entry) => entry.trim().toLowerCase());
  return new Set(entries.filter((entry) => !/;\s*q=0(\.0*)?$/.test(entry)).map((entry) => entry.split(';')[0] ?? ''));
}
