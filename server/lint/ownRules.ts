/** Rules that a team writes into `lint.rules`: an expression, what to say when it is true, and how loud. */
import { ruleNamed } from '../catalog/rules.ts';
import type { Expression } from '../config/expression/ast.ts';
import { visit } from '../config/expression/check.ts';
import { parseExpression } from '../config/expression/parse.ts';
import type { LoadedExperiment } from '../config/load.ts';
import { isMap } from '../config/schema/nodes.ts';
import { valueIn } from './ownValue.ts';
import type { Rule } from './rule.ts';
import { writtenAt } from './walk.ts';

/** Their ids are the keys; ids of the catalogue are settings of its rules. */
export function ownRules(loaded: LoadedExperiment): Rule[] {
  const written = writtenAt(loaded, 'lint.rules');
  if (!isMap(written)) return [];
  return Object.entries(written).flatMap(([id, setting]): Rule[] => {
    const when = isMap(setting) ? setting['when'] : undefined;
    if (ruleNamed(id) !== undefined || !isMap(setting) || typeof when !== 'string') return [];
    const { ast } = parseExpression(when);
    if (ast === undefined) return [];
    const message = typeof setting['message'] === 'string' ? setting['message'] : `\`${when}\` holds.`;
    return [
      {
        id,
        needs: ['config'],
        *run(context) {
          if (valueIn(context, ast) !== true) return;
          yield { path: settingIn(ast, loaded) ?? `lint.rules.${id}`, message, data: { when } };
        },
      },
    ];
  });
}

/** The first setting that the expression names and that is written: there is the place to mend. */
function settingIn(ast: Expression, { source }: LoadedExperiment): string | undefined {
  const names: string[] = [];
  visit(ast, (part) => {
    if (part.kind === 'name') names.push(part.name);
  });
  return names.find((name) => source.has(name));
}
