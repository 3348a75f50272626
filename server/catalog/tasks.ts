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
