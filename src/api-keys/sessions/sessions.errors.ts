import { refusal } from '../../common/errors';

/** One sentence for every reason: to tell them apart would help someone who tries codes. */
export const CODE_REFUSED = refusal(
  401,
  'unauthorized',
  'The sign-in code is wrong, has expired or was used before. npm run console-link prints a new link',
);
