import { refusal } from '../../common/errors';

/** A write of which some lines are not stored. `<reasons>` names the first of them by line number. */
export const LINES_REFUSED = refusal(400, 'invalid_line', 'partial write: <reasons> dropped=<count>');
