/** Set by `npm run test:all`. */
export const IS_WHOLE_RUN = process.env.TEST_WHOLE === '1';

/** How often a test repeats what it does: `few` times in `npm test`, `many` times in `npm run test:all`. */
export const repetitions = (few: number, many: number): number => (IS_WHOLE_RUN ? many : few);
