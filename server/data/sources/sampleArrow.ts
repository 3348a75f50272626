/** Some rows of an Arrow file (Feather version 2), by record batches, which its end lists. */
import { open, writeFile } from 'node:fs/promises';
import { type RecordBatch, RecordBatchReader, Table, tableToIPC } from 'apache-arrow';
import { acceptCompression } from './arrowCompression.ts';
import { evenly, type FileSample, rowsOfWidth, type SampleRequest } from './sampleRequest.ts';

/** Each batch is read as a whole: rows come from so many, evenly spread. */
const mostBatches = 5;
/** Larger batches are not read within a moment. */
const mostBytes = 32 * 1024 ** 2;

/** A copy of some rows. Undefined for a stream, which is read from its beginning on, and where batches are large. */
export async function sampleArrow(path: string, request: SampleRequest): Promise<FileSample | undefined> {
  acceptCompression();
  const file = await open(path, 'r');
  try {
    const reader = await RecordBatchReader.from(file);
    if (!reader.isFile() || !reader.isAsync()) return undefined;
    await reader.open();
    const { size } = await file.stat();
    const batches = reader.numRecordBatches;
    if (batches === 0 || size / batches > mostBytes / mostBatches) return undefined;
    const read = Math.min(batches, mostBatches);
    const pieces: RecordBatch[] = [];
    let rows = 0;
    for (const place of evenly(read, batches - 1)) {
      const batch = await reader.readRecordBatch(place);
      if (batch === null) return undefined;
      rows += batch.numRows;
      const wanted = Math.floor(rowsOfWidth(request.rows, batch.numCols) / read);
      pieces.push(batch.slice(0, Math.max(1, wanted)));
    }
    const seen = pieces.reduce((sum, { numRows }) => sum + numRows, 0);
    await writeFile(request.to, tableToIPC(new Table(pieces), 'file'));
    return { path: request.to, seen, total: (rows / read) * batches, estimated: true };
  } catch {
    // What is wrong with it is told by the reading of the whole.
    return undefined;
  } finally {
    await file.close();
  }
}
