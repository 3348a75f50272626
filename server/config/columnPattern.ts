/** Names and globs of columns, as `features.include` or `monitor.drift.features` list them. */

/** `*` stands for any text and `?` for one character; column names have no folders. A name stands for itself. */
export function matchesColumn(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => pattern === name || (/[*?]/.test(pattern) && globOf(pattern).test(name)));
}

function globOf(pattern: string): RegExp {
  const source = pattern.replaceAll(/[\\^$.*+?()[\]{}|]/g, (sign) =>
    sign === '*' ? '.*' : sign === '?' ? '.' : `\\${sign}`,
  );
  return new RegExp(`^${source}$`, 'su');
}
