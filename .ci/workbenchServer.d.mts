import type { BrowserContext } from 'playwright-core';

export interface WorkbenchOptions {
  readonly home: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly port?: number;
  readonly trusted?: boolean;
  readonly vsix?: string;
}
export function startWorkbench(options: WorkbenchOptions): Promise<{ address: string; stop(): void }>;
export function workbenchUrl(place: {
  readonly address: string;
  readonly workspace: string;
  readonly tests?: string;
  readonly installed?: boolean;
}): string;
export function launchBrowser(home: string): Promise<BrowserContext>;
