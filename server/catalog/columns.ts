/** What a column can be, and what a date can be split into: one list each for the language, the reader and the model file. */

export const columnKinds = [
  'numeric',
  'categorical',
  'ordinal',
  'boolean',
  'datetime',
  'text',
  'image',
  'embedding',
  'geo',
  'cyclic',
] as const;
export type ColumnKind = (typeof columnKinds)[number];

/** Weekday 0 is Monday; months, ISO weeks, quarters and days count from 1; `minute` is within its hour. */
export const dateParts = [
  'year',
  'quarter',
  'month',
  'week',
  'day',
  'dayofyear',
  'weekday',
  'weekend',
  'hour',
  'minute',
  'second',
  'minuteofday',
] as const;
export type DatePart = (typeof dateParts)[number];
