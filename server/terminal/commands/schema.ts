/** `modelwright schema`: the JSON Schema of the language, for editors without our server. */
import { jsonSchema } from '../../config/jsonSchema.ts';
import { toJson } from '../../protocol/json.ts';
import { type Declare, declare } from '../terminal.ts';

export const declareSchema: Declare = (program, act) => {
  declare(program, 'schema', 'schema').action(
    act(async (terminal) => {
      const schema = jsonSchema();
      terminal.print(schema, toJson(schema, 2));
    }),
  );
};
