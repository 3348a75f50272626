/** The run panel: the run while it goes on, then what came out of it, as sections of one page. */
import type { FromRunPanel, ToRunPanel } from '../../server/protocol/panels.ts';
import type { RunDetail, TimedEvent } from '../../server/protocol/workbench.ts';
import { contents, section } from '../ui/controls.ts';
import { element, fill } from '../ui/dom.ts';
import { connect, root } from '../ui/host.ts';
import { createCurves } from './curves.ts';
import { evaluationSection } from './evaluation.ts';
import { explanationSection, sliceSection } from './explanation.ts';
import { createHeader } from './header.ts';
import { fileSection, lineageSection, logSection, settingsSection } from './provenance.ts';
import { trialSection } from './trials.ts';

const host = connect<ToRunPanel, FromRunPanel, { scroll: number }>({ scroll: 0 }, ({ run }) => show(run));
const header = createHeader(host.post);
const curves = createCurves();
const trials = element('div', {});
const results = element('div', {});
const log = element('div', {});
const navigation = element('div', {});
const curveSection = section('curves', 'Curves', curves.node);
let events: TimedEvent[] = [];
let laidOut = false;

function show(run: RunDetail): void {
  if (!laidOut) {
    laidOut = true;
    root().replaceChildren(header.node, navigation, curveSection, trials, results, log);
  }
  const [first] = run.events;
  // A whole answer starts at the beginning; a later one goes on where the last ended.
  const goesOn = first === undefined || first.sequence > (events.at(-1)?.sequence ?? 0);
  events = goesOn ? [...events, ...run.events] : [...run.events];
  header.show(run, events.at(-1)?.event);
  curveSection.hidden = !curves.show(events, run);

  fill(trials, [run.trials, run.head.status], () => trialSection(run));
  const { document } = run;
  const rest = { status: run.head.status, document, settings: run.settings, before: run.before };
  fill(results, rest, () => [
    ...(document === null
      ? []
      : [evaluationSection(document), sliceSection(document), explanationSection(document)]),
    settingsSection(run),
    ...(document === null ? [] : [lineageSection(document), fileSection(document, host.post)]),
  ]);
  fill(log, [events.length, run.findings.length, run.head.status], () => [logSection(run, events)]);
  const sections = [...root().querySelectorAll('section')].filter(({ hidden }) => !hidden);
  fill(
    navigation,
    sections.map(({ id }) => id),
    () => [contents(sections.map(({ id }) => ({ id, title: titleOf(id) })))],
  );
  restoreScroll();
}

function titleOf(id: string): string {
  return document.getElementById(`${id}-title`)?.textContent ?? id;
}

let restored = false;
function restoreScroll(): void {
  if (restored) return;
  restored = true;
  window.scrollTo(0, host.view.scroll);
  window.addEventListener('scrollend', () => host.keep({ scroll: window.scrollY }));
}

host.post({ type: 'ready' });
