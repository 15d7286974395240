// Loads packages with Node's own `require`, once per worker. Loading Nest and TypeORM for each test file took most of its time.
import { createRequire } from 'node:module';
import jestRuntime from 'jest-runtime';

const requirePackage = createRequire(import.meta.url);
const Runtime = jestRuntime.default ?? jestRuntime;

export default class SharedPackagesRuntime extends Runtime {
  requireModuleOrMock(from, moduleName) {
    const isFile = moduleName.startsWith('.') || moduleName.startsWith('/');
    if (isFile || moduleName === '@jest/globals') return super.requireModuleOrMock(from, moduleName);
    return requirePackage(moduleName);
  }

  teardown() {
    // These would keep the classes of every test file.
    requirePackage('class-transformer/cjs/storage.js').defaultMetadataStorage.clear();
    super.teardown();
  }

  /** `process` is Node's own here, and so is its `getBuiltinModule`. */
  installGetBuiltinModule() {}
}
