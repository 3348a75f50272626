/**
 * The part of the SARIF 2.1.0 schema that our log uses, closed as the original is: an object with a property that the
 * format does not have, or without one that it asks for, is refused. Source: OASIS, sarif-schema-2.1.0.json, the
 * definitions of the same names; §3.x are the sections of the standard.
 */
import * as z from 'zod';

const propertyBag = z.looseObject({ tags: z.array(z.string()).optional() });
const message = z.strictObject({ text: z.string().min(1) });
const artifactLocation = z.strictObject({
  // §3.4.3: a URI reference, so no blanks and no backslashes.
  uri: z.string().regex(/^[^\s\\]+$/),
});
const line = z.int().min(1);
const region = z
  .strictObject({ startLine: line, startColumn: line, endLine: line, endColumn: line })
  // §3.30.5: the end does not come before the start.
  .refine((each) => each.endLine > each.startLine || each.endColumn >= each.startColumn);
const level = z.enum(['none', 'note', 'warning', 'error']);

const reportingDescriptor = z.strictObject({
  id: z.string().min(1),
  shortDescription: message.optional(),
  help: message.optional(),
  defaultConfiguration: z.strictObject({ level }).optional(),
  properties: propertyBag.optional(),
});

const fix = z.strictObject({
  description: message,
  // §3.55.3 and §3.56.3: at least one change, at least one replacement.
  artifactChanges: z
    .array(
      z.strictObject({
        artifactLocation,
        replacements: z
          .array(
            z.strictObject({ deletedRegion: region, insertedContent: z.strictObject({ text: z.string() }) }),
          )
          .min(1),
      }),
    )
    .min(1),
});

const result = z.strictObject({
  ruleId: z.string(),
  ruleIndex: z.int().min(0),
  level,
  message,
  locations: z.array(z.strictObject({ physicalLocation: z.strictObject({ artifactLocation, region }) })),
  properties: propertyBag,
  fixes: z.array(fix).optional(),
});

const run = z
  .strictObject({
    tool: z.strictObject({
      driver: z.strictObject({ name: z.string(), version: z.string(), rules: z.array(reportingDescriptor) }),
    }),
    columnKind: z.enum(['utf16CodeUnits', 'unicodeCodePoints']),
    results: z.array(result),
  })
  // §3.27.6: the index is that of the rule named.
  .refine(({ tool, results }) =>
    results.every(({ ruleId, ruleIndex }) => tool.driver.rules[ruleIndex]?.id === ruleId),
  );

export const sarifSchema = z.strictObject({
  $schema: z.url(),
  version: z.literal('2.1.0'),
  runs: z.array(run).min(1),
});
