// Loads packages with Node's own `require`, and the server's sources by one runtime, both once per worker. Loading them for each test file
// took most of its time.
import { AsyncLocalStorage } from 'node:async_hooks';
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
  storages = [];

  constructor(...args) {
    super(...args);
    const [config, , , , , , testPath, globalConfig] = args;
    this.sourceFolder = join(config.rootDir, 'src') + sep;
    if (sharesSources(testPath, globalConfig)) this.sources = sources ??= new PackagesRuntime(...args);
  }

  requireInternalModule(from, moduleName) {
    return moduleName === 'node:async_hooks' ? this.hooksOfJest : super.requireInternalModule(from, moduleName);
  }

  /**
   * jest loads itself for each test file, and remembers in an AsyncLocalStorage which test runs. Node keeps each for as long as the worker
   * lives unless it is disabled, and each makes every asynchronous call dearer.
   */
  hooksOfJest = { AsyncLocalStorage: recording(this.storages) };

  teardown() {
    for (const storage of this.storages) storage.disable();
    super.teardown();
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

/** The class of Node, whose instances are added to a list. */
function recording(made) {
  return class extends AsyncLocalStorage {
    constructor(...args) {
      super(...args);
      made.push(this);
    }
  };
}

function isFile(moduleName) {
  return moduleName.startsWith('.') || moduleName.startsWith('/');
}
