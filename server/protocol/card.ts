/** A model card as a document: sections of plain blocks, which Markdown, HTML and JSON render alike. */

/** Running text; a name (of a column, class or setting) is set as code. */
export type Text = readonly (string | { readonly name: string })[];

export interface TableColumn {
  readonly title: Text;
  readonly number: boolean;
}

export type Block =
  | { readonly kind: 'text'; readonly text: Text }
  /** A person's own words, paragraphs divided by blank lines. */
  | { readonly kind: 'words'; readonly words: string }
  /** Something that only a person can say and nobody has said. */
  | { readonly kind: 'gap'; readonly text: Text }
  | { readonly kind: 'list'; readonly items: readonly Text[] }
  | {
      readonly kind: 'table';
      readonly caption: string;
      readonly columns: readonly TableColumn[];
      readonly rows: readonly (readonly Text[])[];
    }
  /** Pictures; the block after one is its table twin, and text formats leave the picture out. */
  | { readonly kind: 'bars'; readonly caption: string; readonly bars: readonly Bar[] }
  | { readonly kind: 'calibration'; readonly caption: string; readonly bins: readonly CalibrationPoint[] }
  | { readonly kind: 'code'; readonly language: string; readonly code: string };

/** `low` and `high` are NaN without an interval. */
export interface Bar {
  readonly label: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface CalibrationPoint {
  readonly predicted: number;
  readonly observed: number;
  readonly rows: number;
}

export interface Section {
  /** Anchor. */
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
}

export interface Card {
  readonly title: string;
  /** The model in one paragraph. */
  readonly summary: Text;
  readonly sections: readonly Section[];
  /** The same facts in the fields of model-card-toolkit's schema, version 0.0.2. */
  readonly toolkit: Readonly<Record<string, unknown>>;
}
