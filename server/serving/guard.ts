/** Who may ask: programs and pages of this machine. A foreign page must not reach it, not even under a name that it made point here. */
import { ModelwrightError } from '../catalog/errors.ts';

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i;

/** @throws ModelwrightError request-host */
export function checkCaller(headers: {
  readonly host?: string | undefined;
  readonly origin?: string | undefined;
}): void {
  const { host = '', origin } = headers;
  if (!loopback.test(host)) throw new ModelwrightError('request-host', { header: 'host', value: clip(host) });
  if (origin === undefined) return;
  const [, authority = ''] = /^https?:\/\/([^/]+)$/.exec(origin) ?? [];
  if (!loopback.test(authority))
    throw new ModelwrightError('request-host', { header: 'origin', value: clip(origin) });
}

/** What a caller wrote, short enough for a sentence. */
export function clip(text: string): string {
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}
