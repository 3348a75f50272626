/** The status bar: the run that is under way, with progress and time left; a press opens its panel. */
import { type ExtensionContext, StatusBarAlignment, window } from 'vscode';
import type { RunList } from './runList.ts';
import { printable, progressText } from './wording.ts';

export function registerStatusBar(context: ExtensionContext, list: RunList): void {
  const item = window.createStatusBarItem('modelwright.progress', StatusBarAlignment.Left, 10);
  item.name = 'Modelwright run';
  const show = () => {
    const running = list.runs.filter(({ status }) => status === 'running');
    const [first] = running;
    if (first === undefined) {
      item.hide();
      return;
    }
    const progress = progressText(list.eventOf(first.id));
    const others = running.length > 1 ? ` (+${running.length - 1})` : '';
    // `$(` would draw an icon: the name is a user's text.
    const name = printable(first.experiment, 40).replaceAll('$(', '$ (');
    item.text = `$(beaker) ${name} ${progress}${others}`;
    item.tooltip = `Run ${first.id}: open it`;
    item.accessibilityInformation = { label: `${name} is running, ${progress}` };
    item.command = {
      command: 'modelwright.run.open',
      title: 'Open run',
      arguments: [{ kind: 'run', run: first }],
    };
    item.show();
  };
  context.subscriptions.push(item, list.onListed(show), list.onProgress(show));
}
