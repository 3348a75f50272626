/** The tasks that this version trains: one table that the schema, the model file, evaluation and records read. */

export const trainedTasks = ['binary', 'multiclass', 'regression', 'count', 'quantile'] as const;

export type SupervisedTask = (typeof trainedTasks)[number];

/** Tasks whose answer is a class with probabilities. */
export type ClassTask = Extract<SupervisedTask, 'binary' | 'multiclass'>;

/** Tasks whose answer is a number: a mean, the rate of a count, or a quantile. */
export type ValueTask = Exclude<SupervisedTask, ClassTask>;

export function predictsValue(task: SupervisedTask): task is ValueTask {
  return task !== 'binary' && task !== 'multiclass';
}

/** What scores are called in predictions files and in answers: of the positive class alone, or of each class in its order. */
export function scoreNames(task: SupervisedTask, classes: readonly (string | number | boolean)[]): string[] {
  if (predictsValue(task)) return [];
  return task === 'binary' ? ['score'] : classes.map((label) => `score_${label}`);
}
