import { ABSENT_ID } from './refusals';

/** The reply to an invalid body. */
export const invalid = (message: string, path?: (string | number)[]) => ({
  status: 400,
  body: { error: 'Validation Error', message, ...(path && { details: [{ path, message }] }) },
});

/** What the calls that change several keys refuse: bodies that choose no keys, or wrong ones. */
export const NAMED_WRONG: [string, unknown, ReturnType<typeof invalid>][] = [
  ['nothing', {}, invalid('Send either ids or filter')],
  ['both', { ids: [ABSENT_ID], filter: { q: 'x' } }, invalid('Send either ids or filter')],
  ['no ids', { ids: [] }, invalid('ids must be a list of 1 to 500 ids')],
  ['501 ids', { ids: Array(501).fill(ABSENT_ID) }, invalid('ids must be a list of 1 to 500 ids')],
  ['a text', { ids: ABSENT_ID }, invalid('ids must be a list of 1 to 500 ids')],
  ['an id that is none', { ids: [ABSENT_ID, 'x'] }, invalid('Invalid API key ID format', ['body', 'ids', 1])],
  ['a number', { ids: [1] }, invalid('Invalid API key ID format', ['body', 'ids', 0])],
  ['an empty filter', { filter: {} }, invalid('filter must exclude keys by state, type, q or unusedForDays')],
  [
    'an empty filter',
    { filter: { state: 'all', q: '' } },
    invalid('filter must exclude keys by state, type, q or unusedForDays'),
  ],
  ['a filter that is none', { filter: [] }, invalid('filter must be an object with state, type, q or unusedForDays')],
  [
    'an unknown state',
    { filter: { state: 'dead' } },
    invalid("state must be 'active', 'expired', 'disabled', 'replaced' or 'all'", ['body', 'filter', 'state']),
  ],
  ['another field', { filter: { name: 'x' } }, invalid('Unknown property: name', ['body', 'filter', 'name'])],
];
