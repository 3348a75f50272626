import type { BrowserContext } from 'playwright-core';

export interface WorkbenchOptions {
  readonly home: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly trusted?: boolean;
  readonly vsix?: string;
}
export interface WorkbenchPage {
  readonly workspace: string;
  readonly tests?: string;
  readonly installed?: boolean;
}
export function startWorkbench(
  options: WorkbenchOptions,
): Promise<{ urlOf(page: WorkbenchPage): string; stop(): void }>;
export function launchBrowser(home: string): Promise<BrowserContext>;
