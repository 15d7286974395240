// Loads packages with Node's own `require`, and the server's sources by one runtime, both once per worker. Loading them for each test file
// took most of its time.
import { createRequire } from 'node:module';
import { dirname, join, resolve, sep } from 'node:path';
import jestRuntime from 'jest-runtime';
import { sharesSources } from './sharing.mjs';

const requirePackage = createRequire(import.meta.url);
const Runtime = jestRuntime.default ?? jestRuntime;

class PackagesRuntime extends Runtime {
  requireModuleOrMock(from, moduleName) {
    return isFile(moduleName) || moduleName === '@jest/globals'
      ? super.requireModuleOrMock(from, moduleName)
      : requirePackage(moduleName);
  }

  /** `process` is Node's own here, and so is its `getBuiltinModule`. */
  installGetBuiltinModule() {}
}

/** Loads the files of `src/` that end-to-end tests need, and stays when a test file has ended. */
let sources;

export default class SharedSourcesRuntime extends PackagesRuntime {
  constructor(...args) {
    super(...args);
    const [config, , , , , , testPath, globalConfig] = args;
    this.sourceFolder = join(config.rootDir, 'src') + sep;
    if (sharesSources(testPath, globalConfig)) this.sources = sources ??= new PackagesRuntime(...args);
  }

  requireModuleOrMock(from, moduleName) {
    const isSource = isFile(moduleName) && resolve(dirname(from), moduleName).startsWith(this.sourceFolder);
    return this.sources && isSource
      ? this.sources.requireModuleOrMock(from, moduleName)
      : super.requireModuleOrMock(from, moduleName);
  }

  /** As a view: jest asks for them before the first file is loaded. */
  getSourceMaps() {
    const [own, shared] = [super.getSourceMaps(), this.sources?.getSourceMaps() ?? new Map()];
    return {
      get: (path) => own.get(path) ?? shared.get(path),
      *[Symbol.iterator]() {
        yield* own;
        yield* shared;
      },
    };
  }
}

function isFile(moduleName) {
  return moduleName.startsWith('.') || moduleName.startsWith('/');
}
