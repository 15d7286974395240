import { MAX_GROUP } from './gather';
import { SqliteJobs, type Job } from './sqlite-jobs';

/** A job with a name. */
function jobOf(name: string, caller = ''): Job & { readonly name: string } {
  const work = () => Promise.resolve();
  const ignored = () => undefined;
  return {
    ...{
      name,
      caller,
      work,
      requests: undefined,
      isShared: undefined,
      isLong: undefined,
      givesWay: undefined,
      queuedAt: 0,
      isRepeatable: false,
    },
    ...{ resolve: ignored, reject: ignored },
  };
}

function jobsOf(...jobs: readonly Job[]): SqliteJobs {
  const waiting = new SqliteJobs();
  for (const job of jobs) waiting.add(job);
  return waiting;
}

const namesOf = (jobs: readonly Job[]) => jobs.map((job) => (job as ReturnType<typeof jobOf>).name);

it('lets callers take turns', () => {
  const jobs = jobsOf(
    ...[jobOf('a1', 'a'), jobOf('a2', 'a'), jobOf('a3', 'a')],
    ...[jobOf('1'), jobOf('b1', 'b'), jobOf('2'), jobOf('3')],
  );
  expect(jobs.size).toBe(7);
  expect(namesOf(jobs.takeGroup())).toEqual(['a1', '1', 'b1', 'a2', '2', 'a3', '3']);
  expect(jobs.size).toBe(0);
  expect(jobs.takeGroup()).toEqual([]);
});

it('gives the turn after a job to another caller, also if the other one came later', () => {
  const jobs = jobsOf(jobOf('a1', 'a'), jobOf('a2', 'a'), jobOf('a3', 'a'));
  const [, ...left] = jobs.takeGroup();
  jobs.putBack(...left);
  jobs.add(jobOf('1'));
  const [next, ...others] = jobs.takeGroup();
  expect(namesOf([next as Job])).toEqual(['a2']);
  jobs.putBack(...others);
  jobs.add(jobOf('a4', 'a'));
  jobs.add(jobOf('2'));
  expect(namesOf(jobs.takeGroup())).toEqual(['1', 'a3', '2', 'a4']);
});

it('keeps the order of each caller when jobs are put back', () => {
  const jobs = jobsOf(jobOf('1'), jobOf('2'), jobOf('3'));
  const [first, ...left] = jobs.takeGroup();
  jobs.add(jobOf('4'));
  jobs.putBack(...left);
  jobs.putBack(first as Job);
  expect(namesOf(jobs.takeGroup())).toEqual(['1', '2', '3', '4']);
});

it('takes a bounded number at a time', () => {
  const jobs = jobsOf(...Array.from({ length: MAX_GROUP + 2 }, (_, index) => jobOf(String(index))));
  expect(jobs.takeGroup()).toHaveLength(MAX_GROUP);
  expect(namesOf(jobs.takeGroup())).toEqual([String(MAX_GROUP), String(MAX_GROUP + 1)]);
});

it('counts the requests of all, and rejects chosen ones', () => {
  const rejected: unknown[] = [];
  const refused = { ...jobOf('a1', 'a'), requests: () => 5, reject: (cause: unknown) => rejected.push(cause) };
  const long = { ...jobOf('b1', 'b'), isLong: () => true };
  const jobs = jobsOf(jobOf('1'), refused, long);
  expect([jobs.requests, jobs.areLong]).toEqual([7, true]);
  jobs.refuse('full', (job) => job.caller === 'a');
  expect(rejected).toEqual(['full']);
  expect(namesOf(jobs.takeGroup())).toEqual(['1', 'b1']);
});
