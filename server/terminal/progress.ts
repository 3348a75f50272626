/** Progress on stderr: one live line on a terminal, plain lines at most once a second when piped. */
import type { RunEvent } from '../protocol/runMessages.ts';
import { duration, number4, type Style } from './style.ts';

export interface Progress {
  show(event: RunEvent): void;
  /** Removes the live line, so that what is printed next starts clean. */
  clear(): void;
}

export function createProgress(stream: NodeJS.WriteStream, style: Style): Progress {
  return stream.isTTY === true ? liveLine(stream, style) : plainLines(stream);
}

function liveLine(stream: NodeJS.WriteStream, style: Style): Progress {
  return {
    show(event) {
      const width = 24;
      const filled = Math.round(event.fraction * width);
      const bar = `${'█'.repeat(filled)}${style.dim('░'.repeat(width - filled))}`;
      const line = `${bar} ${textOf(event)}`;
      stream.write(`\r\u001b[K${line.slice(0, (stream.columns ?? 80) + bar.length - width - 1)}`);
    },
    clear() {
      stream.write('\r\u001b[K');
    },
  };
}

function plainLines(stream: NodeJS.WriteStream): Progress {
  let last = Number.NEGATIVE_INFINITY;
  return {
    show(event) {
      const now = performance.now();
      if (now - last < 1000) return;
      last = now;
      stream.write(`${textOf(event)}\n`);
    },
    clear() {},
  };
}

function textOf(event: RunEvent): string {
  const parts = [`${String(Math.round(event.fraction * 100)).padStart(3)} %`, event.stage];
  if (event.detail !== '') parts.push(event.detail);
  if (event.score !== null) parts.push(`${event.score.metric} ${number4(event.score.value)}`);
  if (event.secondsLeft !== null && event.fraction < 1) parts.push(`${duration(event.secondsLeft)} left`);
  return parts.join(' · ');
}
