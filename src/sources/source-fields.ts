/** What the fields of a data source may be, in every body that takes them. */
export const NAME = { label: 'Data source name', maxLength: 100 };
export const TYPE = { label: 'Data source type', maxLength: 50, required: false };
export const DESCRIPTION = { label: 'Data source description', maxLength: 500, required: false, lines: true };

/** How they are described. */
export const docs = {
  name: { description: 'What sends the points', example: 'Living room climate' },
  type: { description: 'What kind of thing it is, in a word of yours', default: 'sensor', example: 'sensor' },
  description: { description: 'A few words for people', example: 'On the shelf above the radiator' },
  schema: {
    description:
      'Its fields by name: the type alone, or with `unit`, `description`, and `required` for those that no point may lack',
    example: { temperature: { type: 'number', unit: '°C', required: true }, humidity: 'number', door: 'boolean' },
  },
  downsampling: {
    description: 'Whether a query over many points may answer with averages, and say so',
    default: true,
    example: true,
  },
  status: { description: 'An archived source answers reads and refuses new points', example: 'active' },
};
