import { expect, test, vi } from 'vitest';
import type { RunEvent } from '../../server/protocol/runMessages.ts';
import { createProgress } from '../../server/terminal/progress.ts';
import { styleFor } from '../../server/terminal/style.ts';

test('when piped, at most one line a second is written, whatever goes on', () => {
  const stream = Object.assign(Object.create(process.stderr), { isTTY: false });
  const told: string[] = [];
  stream.write = (text: string) => told.push(text);
  const progress = createProgress(stream, styleFor(stream));
  const show = (stage: RunEvent['stage'], fraction: number) =>
    progress.show({ stage, fraction, detail: '', score: null, secondsLeft: null });
  vi.useFakeTimers({ toFake: ['performance'] });
  try {
    show('read', 0);
    show('train', 0.1);
    show('train', 0.2);
    show('write', 0.98);
    vi.advanceTimersByTime(1000);
    show('write', 0.99);
  } finally {
    vi.useRealTimers();
  }
  expect(told).toEqual(['  0 % · read\n', ' 99 % · write\n']);
});
