// Writes, for `scripts/test.mjs`, what passed and failed on each database.
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';

export default class Counts {
  counts = {};

  onTestResult({ path, context }, result) {
    const count = (this.counts[context.config.displayName.name] ??= { passed: 0, failed: 0, skipped: 0, failures: [] });
    count.passed += result.numPassingTests;
    count.skipped += result.numPendingTests;
    if (result.numFailingTests === 0 && !result.testExecError) return;
    const failed = result.testResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName);
    // A file that could not be run at all counts as one.
    if (failed.length === 0) failed.push('the file');
    count.failed += failed.length;
    const file = relative(context.config.rootDir, path);
    count.failures.push({
      file: path,
      passed: result.numPassingTests,
      tests: failed.map((test) => `${file}: ${test}`),
    });
  }

  onRunComplete() {
    writeFileSync(process.env.TEST_COUNTS, JSON.stringify(this.counts));
  }
}
