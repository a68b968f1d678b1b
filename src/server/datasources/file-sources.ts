/** Drivers whose queries name files: `csv` and `iowrapper` (4/modules/ds-core). */
import { byteString, shownText } from '../bytes';
import { parseCsv } from './csv';
import {
  DataSourceError,
  DataSourceUnavailable,
  type Answer,
  type DataSource,
  type Query,
  type Row,
} from './data-source';
import { interpolate } from './placeholders';

/** The files that scripts see. */
export interface SourceFiles {
  /** Undefined when there is no such file. */
  get(path: string): Buffer | undefined;
}

/** The charset of files unless `assume_charset` says otherwise. */
export const ASSUMED_CHARSET = 'ISO-8859-1';

abstract class FileSource implements DataSource {
  /** `charset`: asked for with each query, as the option can change. */
  constructor(
    private readonly files: SourceFiles,
    private readonly charset: () => string,
  ) {}

  abstract query(query: Query): Answer;

  close(): void {
    // Nothing is held.
  }

  /** The text of a file as UTF-8, in a byte string. */
  protected read(path: string, sql: string): string {
    const bytes = this.files.get(shownText(path));
    if (!bytes) throw new DataSourceError('execute', `${path}: No such file or directory`, sql);
    return byteString(decode(bytes, this.charset(), sql));
  }
}

function decode(bytes: Buffer, charset: string, sql: string): string {
  if (/^(?:iso-?8859-1|latin-?1)$/i.test(charset)) return bytes.toString('latin1');
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    throw new DataSourceError('execute', byteString(`unknown charset ${charset}`), sql);
  }
}

/** The query is the path of a file, `?cols=n` after it says how many columns there are. All rows, without names. */
export class CsvSource extends FileSource {
  query({ sql, parameters }: Query): Answer {
    const [, path = '', search = ''] = /^([^?]*)(?:\?([^]*))?$/.exec(interpolate(sql, parameters))!;
    const columns = /(?:^|&)cols=(\d+)(?:&|$)/.exec(search)?.[1];
    const records = parseCsv(this.read(path, sql));
    const limit = columns === undefined ? Infinity : Number(columns);
    const rows = records.map(
      (fields): Row => new Map(fields.slice(0, limit).map((field, i) => [i + 1, field])),
    );
    return { rows, isTruncated: false };
  }
}

/** The query is a path or a URI; its content is the only column of the only row. */
export class IoWrapperSource extends FileSource {
  query({ sql, parameters }: Query): Answer {
    const [, scheme, path = ''] = /^(?:([a-z][a-z\d+.-]*):\/\/)?([^]*)$/i.exec(interpolate(sql, parameters))!;
    if (scheme !== undefined && scheme.toLowerCase() !== 'file')
      throw new DataSourceUnavailable(
        `the driver iowrapper reads files; the protocol of '${shownText(sql)}' is not simulated`,
      );
    return { rows: [new Map([[1, this.read(path, sql)]])], isTruncated: false };
  }
}
