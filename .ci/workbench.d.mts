export const workbenchServer: string;
export const chromium: string;
export function installWorkbench(): void;
