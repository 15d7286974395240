/** The validation rules for properties of a data source, shared by all bodies. */
export const NAME = { label: 'Data source name', maxLength: 100 };
export const TYPE = { label: 'Data source type', maxLength: 50, required: false };
export const DESCRIPTION = { label: 'Data source description', maxLength: 500, required: false, lines: true };

/** Their OpenAPI descriptions. */
export const docs = {
  name: { description: 'The name of the sensor, machine or program', example: 'Living room climate' },
  type: { description: 'Any category', default: 'sensor', example: 'sensor' },
  description: { description: 'A description for users', example: 'On the shelf above the radiator' },
  schema: {
    description:
      'The fields by name: the type, or an object with `type`, `unit`, `description` and `required` (every point has the field)',
    example: { temperature: { type: 'number', unit: '°C', required: true }, humidity: 'number', door: 'boolean' },
  },
  downsampling: {
    description: 'Whether a query over many points may return averages instead, with `downsamplingApplied`',
    default: true,
    example: true,
  },
  status: { description: 'An archived data source can be read, and rejects new points', example: 'active' },
};
