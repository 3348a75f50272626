/** Names of models, aliases and references to versions: what a person writes on the way to a registered model. */
import { ModelwrightError } from '../catalog/errors.ts';

/** `NAME`, `NAME@ALIAS` or `NAME/VERSION`. */
export type VersionReference =
  | { readonly name: string }
  | { readonly name: string; readonly alias: string }
  | { readonly name: string; readonly version: number };

export const stages = ['candidate', 'staging', 'production', 'archived'] as const;
export type Stage = (typeof stages)[number];

/** Stages that one version of a model holds at a time, and that therefore also serve as aliases. */
export const aliasStages: readonly string[] = ['staging', 'production'] satisfies Stage[];

/** @throws ModelwrightError model-name-unusable */
export function parseReference(reference: string): VersionReference {
  const [, name = reference, sign, rest = ''] = /^([^@/]*)([@/])(.*)$/su.exec(reference) ?? [];
  checkModelName(name);
  if (sign === '@') return { name, alias: rest };
  if (sign === undefined) return { name };
  if (/^[1-9]\d{0,8}$/.test(rest)) return { name, version: Number(rest) };
  throw new ModelwrightError('model-name-unusable', {
    name: reference,
    reason: 'after the slash stands no version number',
  });
}

/** A name goes into URLs, file names and references. @throws ModelwrightError model-name-unusable */
export function checkModelName(name: string): void {
  const reason =
    name === ''
      ? 'it is empty'
      : name.length > 200
        ? `it has ${name.length} characters`
        : name.endsWith('.onnx')
          ? 'it would be taken for a file'
          : /^[\p{L}\p{N}][\p{L}\p{N}\p{M} ._-]*$/u.test(name) && name === name.trim()
            ? undefined
            : 'it holds characters that a reference cannot';
  if (reason !== undefined) throw new ModelwrightError('model-name-unusable', { name, reason });
}

/** @throws ModelwrightError alias-unusable */
export function checkAlias(alias: string): void {
  const reason = !/^[A-Za-z][\w.-]{0,99}$/.test(alias)
    ? 'it is not a plain word'
    : /^(v\d+|latest|candidate|archived)$/i.test(alias)
      ? 'the word already means something else'
      : undefined;
  if (reason !== undefined) throw new ModelwrightError('alias-unusable', { alias, reason });
}
