/** Variables within the tags of prompts; `|` is the cursor. */
import { expect, test } from 'vitest';
import { MarkupContent, TextEdit } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { completionsAt } from '../../server/language/completion/completion.ts';
import { hoverAt } from '../../server/language/hover.ts';
import { openText, withCursor } from './open.ts';

const file = (template: string, more = ''): string => `task: generation
llm:
  prompts:
    - id: short
      template: ${template}
  providers: [{id: a, model: m-2025-01-01}]
${more}  tests:
    - vars: {question: Why, tone: dry}
      assert: [contains: x]
    - vars: {question: When}
      assert: [contains: y]
`;

function offered(marked: string) {
  const { text, position } = withCursor(marked);
  return completionsAt(openText(text), position, { snippets: false }).items.map(
    ({ label, detail, textEdit }) => ({
      label,
      detail,
      written:
        textEdit !== undefined && TextEdit.is(textEdit)
          ? TextDocument.applyEdits(TextDocument.create('', '', 0, text), [textEdit])
          : '',
    }),
  );
}

test('come from the tests, in quotes and in blocks, and close their tag', () => {
  const items = offered(file('"Answer {{qu|"'));
  expect(items.map(({ label, detail }) => [label, detail])).toEqual([
    ['question', 'of 2 of 2 tests'],
    ['tone', 'of 1 of 2 tests'],
  ]);
  expect(items[0]?.written).toBe(file('"Answer {{question}}"'));
  const block = '>\n        Be brief.\n        {{ |  }} please';
  expect(offered(file(block))[1]?.written).toBe(file(block.replace('|', 'tone')));
});

test('what the run fills in is offered where its section is written', () => {
  const rag = '  rag: {corpus: docs/*.md}\n';
  expect(offered(file('"{{|"', rag)).map(({ label }) => label)).toContain('context');
  expect(offered(file('"{{|"')).map(({ label }) => label)).not.toContain('context');
});

test('are offered in no other text', () => {
  const labels = offered(`data: data/churn.csv\ntarget: churned\ndescription: "{{|"\n`).map(
    ({ label }) => label,
  );
  expect(labels).not.toContain('question');
});

test('hover says who gives a value', () => {
  const hover = (marked: string) => {
    const { text, position } = withCursor(marked);
    const contents = hoverAt(openText(text), position)?.contents;
    return MarkupContent.is(contents) ? contents.value : '';
  };
  expect(hover(file('"Answer {{to|ne}} now"'))).toBe('`tone` · variable of the prompt: of 1 of 2 tests');
  expect(hover(file('"Answer {{mo|od}} now"'))).toMatch(/no test gives it a value/);
  expect(hover(file('"Ans|wer {{mood}} now"'))).not.toMatch(/variable of the prompt/);
});
